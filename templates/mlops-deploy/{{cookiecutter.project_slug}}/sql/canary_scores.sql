-- The scores that each slot has given since a window began.
-- Parameter: since (unix seconds).
SELECT slot, score
FROM predictions
WHERE at >= :since
