-- Who entered or left by a change?
SELECT t.member_id
FROM segment_changes AS t
WHERE t.change_id = $change AND t.is_entry = $is_entry AND t.member_id > $after
ORDER BY t.member_id
LIMIT $most;
