-- By whom is each of the chosen to be served: which role and skill does its play ask for?
INSERT INTO tasks_wanted (row_no, role, skill)
SELECT c.row_no, coalesce(p.role, ''), coalesce((p.skill ->> 'tag') || '=' || (p.skill ->> 'value'), '')
FROM tasks_chosen AS c LEFT JOIN opportunities_play AS p ON p.id = c.play_id
