-- How many members joined in each month, and does the record of sales reach back to the first of them?
SELECT
    date_trunc('month', joined_on)::DATE AS month_on,
    count(*) AS members,
    coalesce(min(joined_on) >= (SELECT min(business_on) FROM tickets), FALSE) AS is_on_record
FROM members
WHERE
    joined_on < $end
    AND ($is_chain OR home_store_id IN (
        SELECT store_id FROM store_nodes WHERE node_id = $org AND valid_from <= $as_of AND valid_to > $as_of
    ))
GROUP BY month_on
ORDER BY month_on DESC
LIMIT $most;
