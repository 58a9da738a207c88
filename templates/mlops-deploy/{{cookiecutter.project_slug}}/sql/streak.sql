-- The last :days judged values of the alarm's statistic, latest first, each with its bound: those of the version that
-- was measured on :day. What an earlier version did says nothing of it.
SELECT day, value, bound
FROM measurements
WHERE name = 'calibration_gap' AND slice = '' AND n >= :least AND day <= :day AND bound IS NOT NULL
  AND version = (SELECT version FROM measurements WHERE name = 'calibration_gap' AND slice = '' AND day = :day)
ORDER BY day DESC
LIMIT :days
