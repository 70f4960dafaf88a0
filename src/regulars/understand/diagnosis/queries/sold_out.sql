-- Of what these stores keep, how often was each thing sold out at a day's end, then and now? With
-- all things together; the few that were so most often by now.
SELECT
    name,
    count(*) FILTER (is_now) AS kept_now,
    count(*) FILTER (is_now AND quantity <= 0) AS out_now,
    sum(kept_now) OVER ()::BIGINT AS all_kept_now,
    sum(out_now) OVER ()::BIGINT AS all_out_now,
    sum(count(*) FILTER (NOT is_now)) OVER ()::BIGINT AS all_kept_before,
    sum(count(*) FILTER (NOT is_now AND quantity <= 0)) OVER ()::BIGINT AS all_out_before
FROM (
    SELECT products.name, quantity, stock_on >= $start AND stock_on < $end AS is_now
    FROM stock
    JOIN products USING (product_id)
    WHERE
        (stock_on >= $start AND stock_on < $end OR stock_on >= $before_start AND stock_on < $before_end)
        AND list_contains($stores::INTEGER[], store_id)
        AND ($categories IS NULL OR category_id IN (
            SELECT category_id FROM category_nodes WHERE list_contains($categories::INTEGER[], node_id)
        ))
)
GROUP BY name
ORDER BY out_now DESC, name
LIMIT 3;
