-- How good were the answers, now that their outcomes are known? One row; every value is NULL if there are no outcomes.
-- gap_variance is that of the calibration gap if each score were right, as the chance of its outcome.
-- AUC is the rank sum of the positive outcomes (Mann and Whitney); equal scores share their mean rank.
WITH ranked AS (
  SELECT
    score,
    outcome,
    rank() OVER (ORDER BY score) + (count(*) OVER (PARTITION BY score) - 1) / 2.0 AS place
  FROM judged
),
sums AS (
  SELECT
    count(*) AS n,
    avg(score) AS mean_score,
    avg(outcome) AS mean_outcome,
    avg((score - outcome) * (score - outcome)) AS brier,
    avg(score * (1 - score)) / count(*) AS gap_variance,
    sum(place * outcome) AS places,
    1.0 * sum(outcome) AS positives,
    1.0 * sum(1 - outcome) AS negatives
  FROM ranked
)
SELECT
  n,
  mean_score,
  mean_outcome,
  mean_outcome - mean_score AS calibration_gap,
  gap_variance,
  brier,
  (places - positives * (positives + 1) / 2) / nullif(positives * negatives, 0) AS auc
FROM sums
