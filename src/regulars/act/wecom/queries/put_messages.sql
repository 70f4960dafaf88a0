-- Which of these messages are for somebody in WeCom? They are put down to be sent there.
INSERT INTO wecom_sending
    (userid, staff_id, kind, about, title, body, path, state, tries, error, made_at, due_at)
SELECT w.userid, w.staff_id, %(kind)s, m.id::text, m.title, m.body,
       coalesce(nullif(m.phone_address, ''), %(page)s), 'waiting', 0, '', %(now)s, %(now)s
FROM messages_message AS m
JOIN accounts_user AS u ON u.id = m.user_id AND u.is_active
JOIN wecom_staff AS w ON w.staff_id = u.staff_id
WHERE m.id = ANY(%(ids)s)
ON CONFLICT (userid, kind, about) DO NOTHING
