-- What was measured on each day, over all outcomes of the window.
SELECT
  day,
  max(n) AS n,
  max(value) FILTER (WHERE name = 'calibration_gap') AS calibration_gap,
  max(bound) AS bound,
  max(version) AS version,
  max(value) FILTER (WHERE name = 'brier') AS brier,
  max(value) FILTER (WHERE name = 'auc') AS auc
FROM measurements
WHERE slice = ''
GROUP BY day
ORDER BY day
