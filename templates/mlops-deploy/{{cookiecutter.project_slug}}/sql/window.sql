-- Which answers are judged when :day begins: those whose outcome became known in the :days days before it.
-- With :version, all answers of that version; with NULL, those of whatever version was the champion. A row that was
-- asked for twice counts once, with its first answer. The other questions about performance read the table made here.
-- (CROSS JOIN: SQLite then begins with the few outcomes, and not with the many answers.)
CREATE TEMP TABLE judged AS
SELECT p.id, p.reference, p.score, o.outcome, min(p.at) AS at
FROM outcomes AS o
CROSS JOIN predictions AS p ON p.reference = o.reference
WHERE o.known_on >= date(:day, '-' || :days || ' days')
  AND o.known_on < :day
  AND p.day <= o.known_on
  AND CASE WHEN :version IS NULL THEN p.slot = 'champion' ELSE p.version = :version END
GROUP BY p.reference
