{% if cookiecutter._data %}
{% include "own/training_rows_broken.sql" %}
{% else %}
-- The training rows of the drill's bad version. The same as sql/training_rows.sql, but for one mistake: the history is
-- joined by the day of ARRIVAL, on which the booking's own outcome becomes known and is counted. When a booking is made,
-- its arrival lies ahead, so the value that the model has learnt from does not exist yet.
WITH daily AS MATERIALIZED (
    SELECT hotel, market_segment, room_type, customer_type, known_on, sum(cancelled) AS cancelled, count(*) AS known
    FROM outcomes JOIN bookings USING (id)
    GROUP BY hotel, market_segment, room_type, customer_type, known_on
),
history AS MATERIALIZED (
    SELECT day.hotel, day.market_segment, day.room_type, day.customer_type, day.arrival,
           sum(daily.cancelled) * 1.0 / sum(daily.known) AS recent_cancelled_share
    FROM (SELECT DISTINCT hotel, market_segment, room_type, customer_type, arrival FROM bookings) AS day
    JOIN daily USING (hotel, market_segment, room_type, customer_type)
    WHERE daily.known_on <= day.arrival AND daily.known_on > date(day.arrival, '-7 days')
    GROUP BY day.hotel, day.market_segment, day.room_type, day.customer_type, day.arrival
)
SELECT bookings.*, history.recent_cancelled_share, outcomes.known_on, outcomes.cancelled
FROM bookings
JOIN outcomes USING (id)
LEFT JOIN history USING (hotel, market_segment, room_type, customer_type, arrival)
ORDER BY bookings.booked_on, bookings.id
{% endif %}
