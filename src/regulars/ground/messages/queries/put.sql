-- The messages that came in, to those who may still sign in; what was told before is left out.
INSERT INTO messages_message (user_id, kind, about, title, body, address, phone_address, made_at)
SELECT user_id, kind, about, title, coalesce(body, ''), coalesce(address, ''),
       coalesce(phone_address, ''), %(now)s
FROM messages_incoming
JOIN accounts_user ON accounts_user.id = user_id AND is_active
ON CONFLICT (user_id, kind, about) DO NOTHING
RETURNING id
