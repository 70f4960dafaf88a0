-- Who met which of these plays within its window, or is held out of it for good? Both arms are left
-- alone for the same time, so that what is compared stays alike.
SELECT p.id AS play_id, e.member_id
FROM opportunities_play AS p
JOIN experiments_entry AS e ON e.experiment_id = p.experiment_id
WHERE p.id = ANY (%(plays)s)
  AND (e.is_held_out OR e.entered_on > %(day)s::date - p.window_days::integer)
UNION
SELECT l.play_id, l.member_id
FROM tasks_lead AS l JOIN opportunities_play AS p ON p.id = l.play_id
WHERE p.id = ANY (%(plays)s) AND l.opened_on > %(day)s::date - p.window_days::integer
  AND l.member_id IS NOT NULL
