-- The first rows whose outcome became known after a day, with the inputs that the service was sent at the time. Neither
-- version may have been trained on them, so the day is the later one of the two training days. It is left out itself,
-- since a day may end at another hour elsewhere; and so is the latest day with outcomes, which may not be over yet. A row
-- that was asked for twice counts once, as it was asked for first.
-- Parameters: since (ISO day), most (number of rows).
SELECT p.inputs, o.outcome, o.known_on, min(p.at) AS at
FROM outcomes AS o
JOIN predictions AS p ON p.reference = o.reference
WHERE o.known_on > :since AND o.known_on < (SELECT max(known_on) FROM outcomes)
GROUP BY o.reference
ORDER BY o.known_on, o.reference
LIMIT :most
