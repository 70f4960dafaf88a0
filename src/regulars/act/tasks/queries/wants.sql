-- Which roles and skills are asked for? Those first that fewer can.
SELECT DISTINCT role, skill, role <> 'store_manager', skill = ''
FROM tasks_wanted
ORDER BY 3, 4, 1, 2
