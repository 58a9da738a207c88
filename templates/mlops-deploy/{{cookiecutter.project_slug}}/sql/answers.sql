-- Who answered the rows of each day?
SELECT day, version, count(*) AS n
FROM predictions
WHERE reference IS NOT NULL AND day IS NOT NULL
GROUP BY day, version
ORDER BY day, version
