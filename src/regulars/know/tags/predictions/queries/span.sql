-- From which day on are there purchases of members, and how many members are there?
SELECT
    (SELECT min(business_on) FROM tickets WHERE is_purchase AND member_id IS NOT NULL) AS first_on,
    (SELECT count(*) FROM members) AS members;
