{% set own = cookiecutter._data %}
-- The training rows: each row whose outcome is known, with what was known when it was made.
--
-- The table outcomes holds what is known on the training day, and nothing later. An input that is computed from earlier
-- outcomes belongs here, too: for each row, use only outcomes known BEFORE it was made: "{{ own.known }}" < "{{ own.time }}".
SELECT rows.*, outcomes."{{ own.known }}", outcomes."{{ own.target }}"
FROM rows
JOIN outcomes USING ("{{ own.id }}")
ORDER BY rows."{{ own.time }}", rows."{{ own.id }}"
