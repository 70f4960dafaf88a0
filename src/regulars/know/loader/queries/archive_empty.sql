-- What a file of the archive holds need not stand in the inbox as well. (Postgres)
UPDATE collect_batch
SET archive = %(archive)s, body = NULL, raw = NULL
WHERE id = ANY(%(ids)s) AND archive = '';
