-- The latest rows whose outcome is known, with the inputs that the service was sent at the time, oldest first.
-- Parameter: most (number of rows).
SELECT inputs, outcome
FROM (
    SELECT p.inputs, o.outcome, o.known_on, p.at
    FROM predictions AS p
    JOIN outcomes AS o ON o.reference = p.reference
    ORDER BY o.known_on DESC, p.at DESC
    LIMIT :most
)
ORDER BY known_on, at
