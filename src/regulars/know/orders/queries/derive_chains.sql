-- For each ticket of the touched members: the purchase before it, and what the member's record says
-- today. The join date stands no later than the first ticket. A ticket of returns only is no
-- purchase: it has one before it, perhaps, and is before none.
CREATE OR REPLACE TEMP TABLE chains AS
WITH theirs AS (
    SELECT
        ticket_id,
        member_id,
        business_on,
        is_purchase,
        -- A day's tickets follow each other by their ids: one number that sorts by day, then by id.
        (business_on - DATE '1970-01-01')::BIGINT * 1_000_000_000_000 + ticket_id AS place
    FROM tickets
    SEMI JOIN touched_members USING (member_id)
),
firsts AS (
    SELECT member_id, min(business_on) AS first_on
    FROM theirs
    GROUP BY ALL
),
purchases AS (
    SELECT
        ticket_id,
        member_id,
        place,
        business_on,
        lag(business_on) OVER (PARTITION BY member_id ORDER BY place) AS prev_on
    FROM theirs
    WHERE is_purchase
),
others AS (
    SELECT theirs.ticket_id, theirs.member_id, earlier.business_on AS prev_on
    FROM theirs
    ASOF LEFT JOIN purchases AS earlier
        ON earlier.member_id = theirs.member_id AND earlier.place <= theirs.place
    WHERE NOT theirs.is_purchase
)
SELECT
    ticket_id,
    member_id,
    prev_on,
    least(recorded_joined_on, first_on) AS joined_on,
    home_store_id,
    graduates_on
FROM (
    SELECT ticket_id, member_id, prev_on FROM purchases
    UNION ALL
    FROM others
)
JOIN firsts USING (member_id)
JOIN members USING (member_id);
