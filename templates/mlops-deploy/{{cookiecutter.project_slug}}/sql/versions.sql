-- How many rows has each version answered, and of which days?
SELECT version, count(*) AS requests, min(day) AS first_day, max(day) AS last_day
FROM predictions
WHERE reference IS NOT NULL AND day IS NOT NULL
GROUP BY version
ORDER BY first_day, version
