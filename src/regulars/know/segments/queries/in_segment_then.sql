-- Who was in a segment at the end of a day? The ids of changes follow one another in time.
SELECT member_id
FROM segment_changes
WHERE segment_id = $id AND changed_on <= $today
GROUP BY member_id
HAVING arg_max(is_entry, change_id);
