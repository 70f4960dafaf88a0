-- Each touched member's tickets with the purchase before and the one after, and what the member's
-- record says today. The join date stands no later than the first purchase.
CREATE OR REPLACE TEMP TABLE chains AS
WITH theirs AS (
    SELECT tickets.*
    FROM tickets
    SEMI JOIN touched_members USING (member_id)
)
SELECT
    theirs.* REPLACE (
        max(business_on) FILTER (is_purchase) OVER before AS prev_on,
        CASE WHEN is_purchase THEN min(business_on) FILTER (is_purchase) OVER after END AS next_on,
        least(members.recorded_joined_on, min(business_on) OVER whole) AS joined_on,
        members.home_store_id AS home_store_id,
        members.graduates_on AS graduates_on
    )
FROM theirs
JOIN members USING (member_id)
WINDOW
    before AS (PARTITION BY member_id ORDER BY business_on, ticket_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
    after AS (PARTITION BY member_id ORDER BY business_on, ticket_id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING),
    whole AS (PARTITION BY member_id);
