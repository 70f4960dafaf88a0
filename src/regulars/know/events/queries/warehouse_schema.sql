-- Events in the warehouse. `event_key` keeps an event from coming twice within the window of
-- deduplication; `person_id` is null until somebody is known to stand behind it; `identity_id` is
-- what the event is told by, and keeps its place when persons are merged; `identities` holds
-- keyed hashes, never a clear phone or e-mail address.
CREATE TABLE IF NOT EXISTS events (
    event_key UHUGEINT,
    batch_id UUID,
    source VARCHAR,
    type VARCHAR,
    name VARCHAR,
    occurred_at TIMESTAMPTZ,
    received_at TIMESTAMPTZ,
    business_on DATE,
    person_id BIGINT,
    identity_id BIGINT,
    anonymous_id VARCHAR,
    login_id VARCHAR,
    identities JSON,
    url_host VARCHAR,
    url_path VARCHAR,
    title VARCHAR,
    selector VARCHAR,
    element_path VARCHAR,
    content VARCHAR,
    position INTEGER,
    share_from VARCHAR,
    share_depth INTEGER,
    store_code VARCHAR,
    staff_code VARCHAR,
    properties JSON,
    context JSON
);
CREATE TABLE IF NOT EXISTS persons (person_id BIGINT, member_id BIGINT);
-- Keys of the events of the last days, so that what is sent again is known.
CREATE TABLE IF NOT EXISTS event_keys (event_key UHUGEINT, received_on DATE);
