-- What came in from members who joined since a month, by month of joining and months since then:
-- first purchases and net sales, wherever they bought.
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
    count(*) FILTER (is_purchase AND prev_on IS NULL) AS buyers,
    sum(net_cents)::BIGINT AS net_cents
FROM tickets
JOIN theirs USING (member_id)
WHERE business_on >= $since AND business_on < $end
GROUP BY month_on, age;
