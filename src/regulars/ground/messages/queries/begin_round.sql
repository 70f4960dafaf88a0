-- Is this round still to be written? Waits for whoever is writing it.
INSERT INTO messages_round (kind, about, made_at) VALUES (%(kind)s, %(about)s, %(now)s)
ON CONFLICT (kind, about) DO NOTHING
