-- Which version was the champion when :day began?
SELECT version
FROM predictions
WHERE slot = 'champion' AND reference IS NOT NULL AND day < :day
ORDER BY day DESC, at DESC
LIMIT 1
