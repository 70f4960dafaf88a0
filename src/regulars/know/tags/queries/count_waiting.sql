-- How many members wait to be computed?
SELECT count(DISTINCT member_id) AS n
FROM changed_members;
