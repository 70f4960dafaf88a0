-- The largest id of a member?
SELECT max(member_id) AS last
FROM members;
