-- What margin came in from members who joined since a month, by month of joining and months since
-- then, and on how many lines is the cost not recorded?
WITH theirs AS (
    SELECT member_id, date_trunc('month', joined_on)::DATE AS month_on
    FROM members
    WHERE
        joined_on >= $since AND joined_on < $end
        AND ($is_chain OR home_store_id IN (
            SELECT store_id FROM store_nodes WHERE node_id = $org AND valid_from <= $as_of AND valid_to > $as_of
        ))
)
SELECT
    month_on,
    date_diff('month', month_on, business_on) AS age,
    coalesce(sum(net_cents - cost_cents), 0)::BIGINT AS margin_cents,
    count(*) - count(cost_cents) AS without_cost
FROM order_lines
JOIN theirs USING (member_id)
WHERE business_on >= $since AND business_on < $end
GROUP BY month_on, age;
