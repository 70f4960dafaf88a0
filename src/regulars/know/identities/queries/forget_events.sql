-- Events of forgotten persons: what happened stays, who did it goes.
UPDATE events
SET
    person_id = NULL,
    identity_id = NULL,
    anonymous_id = NULL,
    login_id = NULL,
    identities = NULL,
    share_from = NULL,
    properties = NULL,
    context = NULL
WHERE identity_id IN (SELECT unnest($ids::BIGINT[]));
