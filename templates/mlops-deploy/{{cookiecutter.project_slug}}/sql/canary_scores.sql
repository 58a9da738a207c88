-- The scores that each slot has given since a window began. A row that was sent again counts once: many copies of one
-- row say no more than one.
-- Parameter: since (unix seconds).
SELECT DISTINCT slot, inputs, score
FROM predictions
WHERE at >= :since
