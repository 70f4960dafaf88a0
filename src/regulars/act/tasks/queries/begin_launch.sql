-- This day is launched by this transaction, where no other has launched it.
INSERT INTO tasks_launch ("on", counts, made_at) VALUES (%(day)s, '{}', %(now)s) ON CONFLICT DO NOTHING
