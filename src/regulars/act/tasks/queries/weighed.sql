-- How many candidates there are, and why how many are left out?
SELECT
    count(*) AS candidates,
    count(DISTINCT c.member_id) AS members,
    count(DISTINCT c.member_id) FILTER (b.why = 'has_one') AS has_one,
    count(DISTINCT c.member_id) FILTER (b.why = 'consent' AND NOT p.is_service) AS consent,
    count(DISTINCT c.member_id) FILTER (b.why = 'cap' AND NOT p.is_service) AS cap
FROM desk.tasks_candidates AS c
INNER JOIN desk.tasks_plays AS p ON c.play_id = p.play_id
LEFT JOIN desk.tasks_blocked AS b ON c.member_id = b.member_id
