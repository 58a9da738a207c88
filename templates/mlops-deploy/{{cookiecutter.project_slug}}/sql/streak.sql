-- The last :days judged values of the alarm's statistic, latest first.
SELECT day, value
FROM measurements
WHERE name = 'calibration_gap' AND slice = '' AND n >= :least AND day <= :day
ORDER BY day DESC
LIMIT :days
