-- What does a customer have here that she does not wear in WeCom? One that was about to be taken off is
-- put on again: whether it was taken off is not known.
INSERT INTO wecom_mark AS m (contact_id, tag_id, state, tries, error, due_at)
SELECT w.contact_id, t.id, 'to_add', 0, '', %(now)s
FROM wecom_worn AS h
JOIN wecom_tag AS t ON t.code = h.code AND t.value = h.value AND t.is_chosen
JOIN wecom_wearers AS w ON w.member_id = h.member_id
ON CONFLICT (contact_id, tag_id) DO UPDATE
SET state = 'to_add', tries = 0, error = '', due_at = excluded.due_at
WHERE m.state = 'to_remove'
