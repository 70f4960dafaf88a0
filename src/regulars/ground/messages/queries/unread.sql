-- How many messages has somebody not read? (Postgres)
SELECT count(*) FROM messages_message WHERE user_id = %(user)s AND read_at IS NULL
