-- How many rows were answered while a canary ran (unix seconds), how many and which share of them by :version, and how
-- many later by the :champion that stayed?
SELECT
  count(*) FILTER (WHERE at <= :until) AS n,
  count(*) FILTER (WHERE at <= :until AND version = :version) AS own,
  coalesce(avg(version = :version) FILTER (WHERE at <= :until), 0) AS share,
  count(*) FILTER (WHERE at > :until AND version = :champion) AS instead
FROM predictions
WHERE reference IS NOT NULL AND at >= :since
