-- How many rows were answered while a canary ran (unix seconds), and how many and which share of them by :version?
SELECT count(*) AS n, coalesce(sum(version = :version), 0) AS own, coalesce(avg(version = :version), 0) AS share
FROM predictions
WHERE reference IS NOT NULL AND at BETWEEN :since AND :until
