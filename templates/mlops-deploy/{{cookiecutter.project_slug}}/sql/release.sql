-- How many rows were answered while a canary ran (unix seconds), and how many of them by :version?
SELECT count(*) AS n, coalesce(sum(version = :version), 0) AS own
FROM predictions
WHERE reference IS NOT NULL AND at BETWEEN :since AND :until
