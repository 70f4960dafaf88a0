-- What was worked out for a part of the members.
INSERT INTO model_lifetime_next
SELECT member_id, alive, purchases, value
FROM staged_lifetime;
