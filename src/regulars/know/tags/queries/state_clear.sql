-- What it stood on no longer holds.
DELETE FROM tag_states
WHERE subject = $subject;
