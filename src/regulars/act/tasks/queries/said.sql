-- Why each of those who were chosen for a play: its candidates are `told`.
SELECT reached.row_no, to_json(told.facts)::VARCHAR AS facts, told.reason
FROM told
INNER JOIN desk.tasks_reached AS reached
    ON reached.member_id = told.member_id AND reached.play_id = $play
