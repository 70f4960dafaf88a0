-- What does a subject's wide table stand on?
SELECT definitions AS digest, as_of, computed_at
FROM tag_states
WHERE subject = $subject;
