-- What does a store's list of leads stand on? It changes with every lead, and with who is at home.
SELECT count(*), coalesce(sum(l.version), 0), coalesce(max(l.id), 0), count(m.id)
FROM tasks_lead AS l
LEFT JOIN members_member AS m ON m.id = l.member_id AND m.home_store_id = l.store_id
WHERE l.store_id = ANY (%(stores)s) AND l.state IN ('open', 'taken')
