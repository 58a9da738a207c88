-- The latest rows whose outcome is known, with the inputs that the service was sent at the time, oldest first. A row that
-- was asked for twice counts once, as it was asked for first.
-- Parameter: most (number of rows).
SELECT inputs, outcome
FROM (
    SELECT p.inputs, o.outcome, o.known_on, min(p.at) AS at
    FROM predictions AS p
    JOIN outcomes AS o ON o.reference = p.reference
    GROUP BY o.reference
    ORDER BY o.known_on DESC, at DESC
    LIMIT :most
)
ORDER BY known_on, at
