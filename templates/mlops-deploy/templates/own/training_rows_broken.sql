{% set own = cookiecutter._data %}
-- The training rows of the drill's bad version. The same as sql/training_rows.sql, but for one mistake: the outcome is
-- read the wrong way round, as happens when a source answers the opposite question. The version's own test rows come
-- through the same join, so it looks as good as ever until it meets outcomes that were joined correctly.
SELECT rows.*, outcomes."{{ own.known }}", 1 - outcomes."{{ own.target }}" AS "{{ own.target }}"
FROM rows
JOIN outcomes USING ("{{ own.id }}")
ORDER BY rows."{{ own.time }}", rows."{{ own.id }}"
