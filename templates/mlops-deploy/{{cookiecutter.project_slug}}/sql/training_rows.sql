{% if cookiecutter._data %}
{% include "own/training_rows.sql" %}
{% else %}
-- The training rows: each booking whose outcome is known, with what was known on the day it was made.
--
-- The table outcomes holds what is known on the training day, and nothing later. For each booking, only outcomes
-- known BEFORE its booking day may be used: `known_on < booked_on`. (drill/training_rows_broken.sql gets this wrong.)
WITH daily AS MATERIALIZED (
    SELECT hotel, market_segment, room_type, customer_type, known_on, sum(cancelled) AS cancelled, count(*) AS known
    FROM outcomes JOIN bookings USING (id)
    GROUP BY hotel, market_segment, room_type, customer_type, known_on
),
history AS MATERIALIZED (
    SELECT day.hotel, day.market_segment, day.room_type, day.customer_type, day.booked_on,
           sum(daily.cancelled) * 1.0 / sum(daily.known) AS recent_cancelled_share
    FROM (SELECT DISTINCT hotel, market_segment, room_type, customer_type, booked_on FROM bookings) AS day
    JOIN daily USING (hotel, market_segment, room_type, customer_type)
    WHERE daily.known_on < day.booked_on AND daily.known_on >= date(day.booked_on, '-7 days')
    GROUP BY day.hotel, day.market_segment, day.room_type, day.customer_type, day.booked_on
)
SELECT bookings.*, history.recent_cancelled_share, outcomes.known_on, outcomes.cancelled
FROM bookings
JOIN outcomes USING (id)
LEFT JOIN history USING (hotel, market_segment, room_type, customer_type, booked_on)
ORDER BY bookings.booked_on, bookings.id
{% endif %}
