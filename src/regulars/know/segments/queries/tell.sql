-- What is to be told of the change, where there was one.
INSERT INTO segment_outbox
SELECT
    $change_id,
    $segment,
    count(*) FILTER (is_entry),
    count(*) FILTER (NOT is_entry),
    (SELECT count(*) FROM segment_members WHERE segment_id = $segment),
    $day
FROM segment_changes
WHERE change_id = $change_id
HAVING count(*) > 0
RETURNING change_id;
