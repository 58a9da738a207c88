-- For which part of the rows does the model do worse? Calibration gap and Brier score of each value of the input
-- :input that has :least outcomes.
WITH parts AS (
  SELECT
    :input || '=' || json_extract(p.inputs, '$.' || :input) AS slice,
    count(*) AS n,
    avg(j.outcome) - avg(j.score) AS gap,
    avg((j.score - j.outcome) * (j.score - j.outcome)) AS brier
  FROM judged AS j
  JOIN predictions AS p USING (id)
  GROUP BY slice
  HAVING n >= :least AND slice IS NOT NULL
)
SELECT 'calibration_gap' AS name, slice, n, gap AS value FROM parts
UNION ALL
SELECT 'brier', slice, n, brier FROM parts
