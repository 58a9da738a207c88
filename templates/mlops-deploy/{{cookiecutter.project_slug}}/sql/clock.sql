-- Which day was being replayed at the time :at (unix seconds)?
SELECT max(day) AS day
FROM predictions
WHERE reference IS NOT NULL AND at <= :at
