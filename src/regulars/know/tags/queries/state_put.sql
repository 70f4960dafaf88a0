-- What it stands on now.
INSERT INTO tag_states
VALUES ($subject, $digest, $day, now());
