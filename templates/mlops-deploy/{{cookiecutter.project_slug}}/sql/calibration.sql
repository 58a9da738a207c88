-- Do events happen as often as the model says? Ten groups of equal size by the score: mean score, and share of positive outcomes.
SELECT avg(score) AS mean_score, avg(outcome) AS mean_outcome, count(*) AS n
FROM (SELECT score, outcome, ntile(10) OVER (ORDER BY score, reference) AS part FROM judged)
GROUP BY part
ORDER BY part
