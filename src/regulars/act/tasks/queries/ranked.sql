-- Who is to be approached this morning, the most valuable of each store first, and by which play: a
-- service before an offer, then by the play's priority, then by value. As many as its room asks for
-- and some more, because some of them will be held out.
WITH free AS (
    SELECT
        c.play_id,
        c.member_id,
        c.store_id,
        c.value_cents,
        (p.is_service::BIGINT << 60) + (p.priority::BIGINT << 44)
        + least(greatest(coalesce(c.value_cents, 0), 0), (1::BIGINT << 44) - 1) AS worth
    FROM desk.tasks_candidates AS c
    INNER JOIN desk.tasks_plays AS p ON c.play_id = p.play_id
    INNER JOIN desk.tasks_rooms AS r ON c.store_id = r.store_id AND r.room > 0
    WHERE
        NOT EXISTS (
            SELECT 1 FROM desk.tasks_blocked AS b
            WHERE b.member_id = c.member_id AND (b.is_hard OR NOT p.is_service)
        )
        AND NOT EXISTS (
            SELECT 1 FROM desk.tasks_met AS m
            WHERE m.member_id = c.member_id AND m.play_id = c.play_id
        )
),
best AS (
    SELECT unnest(max_by(free, (worth, -play_id))) FROM free GROUP BY member_id
),
placed AS (
    SELECT best.*, row_number() OVER (PARTITION BY store_id ORDER BY worth DESC, member_id) AS place
    FROM best
),
chosen AS (
    SELECT placed.*, r.room
    FROM placed INNER JOIN desk.tasks_rooms AS r ON placed.store_id = r.store_id
    WHERE place <= ceil(r.room / (1 - $holdout)) + $more
)
SELECT play_id, member_id, store_id, value_cents, room
FROM chosen
ORDER BY store_id, place
