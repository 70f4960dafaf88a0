-- Lines of a batch that were refused when it was loaded, whatever has become of them. (Postgres)
SELECT DISTINCT line_no
FROM collect_reject
WHERE batch_id = %(batch_id)s
