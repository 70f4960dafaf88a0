-- What does a members file say of each member? A phone known already keeps the seal it has. A new
-- member's home is where she joined, and the other way round, when only one of them is given.
-- LIMIT 1 makes Postgres look each one up by its index: a join would read all members every time.
-- New ids are drawn in the order of the lines, whatever way Postgres joins.
WITH told AS (
    SELECT g.line_no, m.id AS known_id,
           g.member_id AS code, g.joined_on, g.name, g.gender, g.birthday, g.phone_hash,
           CASE WHEN g.phone_hash IS DISTINCT FROM m.phone_hash THEN g.phone_sealed END AS phone_sealed,
           CASE WHEN g.phone_hash IS DISTINCT FROM m.phone_hash
                THEN g.phone_hash IS NOT NULL OR m.is_phone_verified END AS is_phone_verified,
           coalesce(joined.id, CASE WHEN m.id IS NULL THEN home.id END) AS join_store_id,
           coalesce(home.id, CASE WHEN m.id IS NULL THEN joined.id END) AS home_store_id,
           g.join_channel, recruiter.id AS recruiter_id, g.level, g.household_id AS household_code,
           g.consent_sms AS is_sms_allowed, g.consent_call AS is_call_allowed,
           g.consent_wecom AS is_wecom_allowed
    FROM given AS g
    LEFT JOIN LATERAL (SELECT * FROM members_member AS m WHERE m.code = g.member_id LIMIT 1) AS m ON TRUE
    LEFT JOIN org_node AS joined ON joined.code = g.join_store_id
    LEFT JOIN org_node AS home ON home.code = g.home_store_id
    LEFT JOIN org_staff AS recruiter ON recruiter.code = g.recruiter_id
    ORDER BY g.line_no
)
SELECT line_no, coalesce(known_id, nextval('members_member_id_seq')) AS id, known_id IS NULL AS is_new,
       code, joined_on, name, gender, birthday, phone_hash, phone_sealed, is_phone_verified,
       join_store_id, home_store_id, join_channel, recruiter_id, level, household_code,
       is_sms_allowed, is_call_allowed, is_wecom_allowed
FROM told
