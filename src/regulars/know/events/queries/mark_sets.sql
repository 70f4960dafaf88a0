-- The same identities are seen again and again: each set of them once, with a number.
CREATE OR REPLACE TABLE desk.arriving_sets AS
SELECT
    identities,
    to_json(list_filter(identities, lambda each: each.kind NOT IN ('phone', 'email'))) AS told,
    row_number() OVER () AS set_no,
    max(occurred_at) AS seen_at,
    any_value(source) AS source
FROM desk.arriving_events
WHERE rowid IN (SELECT row_id FROM desk.arriving_new)
GROUP BY identities;
