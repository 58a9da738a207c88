-- What does the champion answer? The mean score and a histogram of ten bins, for each week of rows
-- (Monday is its name).
SELECT
  date(day, 'weekday 0', '-6 days') AS week,
  min(9, CAST(score * 10 AS INTEGER)) AS bin,
  count(*) AS n,
  avg(score) AS mean_score
FROM predictions
WHERE slot = 'champion' AND reference IS NOT NULL AND day IS NOT NULL
GROUP BY week, bin
ORDER BY week, bin
