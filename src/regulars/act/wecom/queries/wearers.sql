-- Who are the customers that colleagues have in WeCom now, as members on record?
INSERT INTO wecom_wearers (contact_id, member_id)
SELECT c.id AS contact_id, coalesce(m.merged_into_id, m.id) AS member_id
FROM wecom_contact AS c
JOIN members_member AS m ON m.id = c.member_id AND m.forgotten_at IS NULL
WHERE c.ended_at IS NULL
