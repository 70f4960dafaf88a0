-- The events received since a moment in whose page, text, name or sender the words occur.
SELECT *
FROM events
WHERE
    received_at >= $since
    AND contains(
        lower(concat_ws(' ', concat(url_host, url_path), title, content, name, anonymous_id, source)),
        lower($find)
    )
