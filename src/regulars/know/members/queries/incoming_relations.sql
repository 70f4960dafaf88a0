-- Who looks after whom, and when, by the relations file?
SELECT line_no, coalesce(relation_id, nextval('members_relation_id_seq')) AS id,
       relation_id IS NULL AS is_new, member_id, staff_id, valid_from, valid_to
FROM spells WHERE line_no IS NOT NULL
