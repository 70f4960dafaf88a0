-- Which stores are most like each of some: of its format, trading all the while, not too far in members at home?
WITH sizes AS (
    SELECT
        stores.store_id,
        any_value(format) AS format,
        any_value(
            coalesce(opened_on, DATE '0001-01-01') <= $start
            AND coalesce(closed_on, DATE '9999-12-31') >= $end
        ) AS was_open,
        count(members.member_id) AS members
    FROM stores
    LEFT JOIN members ON members.home_store_id = stores.store_id AND joined_on < $start
    GROUP BY stores.store_id
)
SELECT own.store_id, peer.store_id AS peer_id
FROM sizes AS own
JOIN sizes AS peer
    ON peer.format IS NOT DISTINCT FROM own.format AND peer.store_id <> own.store_id AND peer.was_open
WHERE list_contains($stores::INTEGER[], own.store_id)
    AND abs(ln((peer.members + 1) / (own.members + 1))) <= ln($most_times_larger)
QUALIFY
    row_number() OVER (
        PARTITION BY own.store_id
        ORDER BY abs(ln((peer.members + 1) / (own.members + 1))), peer.store_id
    ) <= $most
ORDER BY own.store_id, abs(ln((peer.members + 1) / (own.members + 1))), peer.store_id;
