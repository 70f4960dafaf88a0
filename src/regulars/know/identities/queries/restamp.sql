-- Events of identities that belong to another person now: all of a pass at once.
UPDATE events
SET person_id = moved.person_id
FROM (SELECT unnest($identities::BIGINT[]) AS identity_id, unnest($persons::BIGINT[]) AS person_id) AS moved
WHERE events.identity_id = moved.identity_id AND events.person_id IS DISTINCT FROM moved.person_id;
