-- The new events go in, each with its person. Phones and e-mail addresses stay out of the warehouse.
INSERT INTO events BY NAME
SELECT
    event_key,
    batch_id,
    arriving.source,
    type,
    name,
    occurred_at,
    received_at,
    (occurred_at - to_hours($cutoff_hours))::DATE AS business_on,
    person_id,
    identity_id,
    anonymous_id,
    login_id,
    told AS identities,
    nullif(regexp_extract(url, '^[A-Za-z]+://([^/?#]+)', 1), '') AS url_host,
    coalesce(url_path, nullif(regexp_extract(url, '^[A-Za-z]+://[^/?#]+([^?#]*)', 1), '')) AS url_path,
    title,
    auto[1] AS selector,
    auto[2] AS element_path,
    auto[3] AS content,
    TRY_CAST(auto[4] AS INTEGER) AS position,
    auto[5] AS share_from,
    TRY_CAST(auto[6] AS INTEGER) AS share_depth,
    auto[7] AS store_code,
    auto[8] AS staff_code,
    without_contacts(properties) AS properties,
    without_contacts(context) AS context
FROM desk.arriving_events AS arriving
JOIN desk.arriving_new ON row_id = arriving.rowid
LEFT JOIN desk.arriving_sets USING (identities)
LEFT JOIN desk.arriving_persons ON arriving_persons.event_no = set_no;
