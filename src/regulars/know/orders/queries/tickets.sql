-- Which tickets were sold from $start up to $end, by id, after $after? No stores named: all of them.
-- A buyer is named where her home store is among the stores asked for.
SELECT
    t.ticket_id, t.order_no AS order_id, t.sold_at, t.business_on, s.code AS store_id,
    CASE WHEN $store_ids IS NULL OR list_contains($store_ids::INTEGER[], m.home_store_id)
        THEN m.code END AS member_id,
    f.code AS staff_id, t.channel, t.original_order_no AS original_order_id,
    t.units::BIGINT AS units, t.sku_count::BIGINT AS lines, t.net_cents
FROM tickets AS t
LEFT JOIN stores AS s USING (store_id)
LEFT JOIN members AS m USING (member_id)
LEFT JOIN staff AS f ON f.staff_id = t.staff_id
WHERE t.business_on >= $start AND t.business_on < $end AND t.ticket_id > $after
    AND ($store_ids IS NULL OR list_contains($store_ids::INTEGER[], t.store_id))
    AND ($member::BIGINT IS NULL OR t.member_id = $member::BIGINT)
ORDER BY t.ticket_id
LIMIT $most;
