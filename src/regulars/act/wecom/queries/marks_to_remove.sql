-- What does a customer wear, or is about to, that she does not have here any more?
UPDATE wecom_mark AS m
SET state = 'to_remove', tries = 0, error = '', due_at = %(now)s
WHERE m.state <> 'to_remove' AND NOT EXISTS (
    SELECT FROM wecom_tag AS t
    JOIN wecom_worn AS h ON h.code = t.code AND h.value = t.value
    JOIN wecom_wearers AS w ON w.member_id = h.member_id
    WHERE t.id = m.tag_id AND t.is_chosen AND w.contact_id = m.contact_id
)
