-- Families that buy for a baby within the window: how many there are, and what they spend in all.
WITH places AS (
    SELECT store_id
    FROM store_nodes
    WHERE node_id = $org AND valid_from <= $as_of AND valid_to > $as_of
),
families AS (
    SELECT DISTINCT member_id
    FROM order_lines
    JOIN products USING (product_id)
    JOIN members USING (member_id)
    WHERE
        business_on > $as_of::DATE - $window_days AND business_on <= $as_of AND quantity > 0
        AND ($is_chain OR home_store_id IN (FROM places))
        AND category_id IN (
            SELECT category_nodes.category_id
            FROM category_nodes
            JOIN categories ON categories.category_id = node_id
            WHERE regexp_matches(categories.name, $baby_words, 'i')
        )
)
SELECT
    (SELECT count(*) FROM families) AS families,
    coalesce(sum(net_cents), 0)::BIGINT AS sales_cents
FROM tickets
SEMI JOIN families USING (member_id)
WHERE business_on > $as_of::DATE - $window_days AND business_on <= $as_of;
