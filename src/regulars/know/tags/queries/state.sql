-- What does a subject's wide table stand on?
SELECT definitions, as_of
FROM tag_states
WHERE subject = $subject;
