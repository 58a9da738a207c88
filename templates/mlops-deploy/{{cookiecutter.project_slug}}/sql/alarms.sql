-- Which alarms were raised, and when did they end?
SELECT day, opened_at AS at, value, bound, closed_day AS closed
FROM alerts
ORDER BY day
