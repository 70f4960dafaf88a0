-- By whom are the chosen to be served: which roles and skills are asked for? Those first that fewer can.
SELECT DISTINCT coalesce(p.role, ''), coalesce((p.skill ->> 'tag') || '=' || (p.skill ->> 'value'), ''),
       coalesce(p.role, '') <> 'store_manager', coalesce(p.skill ->> 'tag', '') = ''
FROM tasks_chosen AS c LEFT JOIN opportunities_play AS p ON p.id = c.play_id
ORDER BY 3, 4, 1, 2
