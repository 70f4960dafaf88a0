-- Why may a lead not be opened for these? '' where it may. `consents` is as the chain presumes
-- where a member was never asked; what is a service is owed.
WITH asked AS (
    SELECT a.row_no, a.store_id, a.member_id, a.is_outreach, a.is_by_hand, a.play_id,
           coalesce(p.is_service, FALSE) AS is_service, coalesce(p.window_days, 0) AS window_days,
           m.id AS known_id, m.home_store_id,
           coalesce(m.is_call_allowed, %(unasked)s) AS call,
           coalesce(m.is_sms_allowed, %(unasked)s) AS sms,
           coalesce(m.is_wecom_allowed, %(unasked)s) AS wecom
    FROM tasks_asked AS a
    LEFT JOIN members_member AS m
        ON m.id = a.member_id AND m.merged_into_id IS NULL AND m.forgotten_at IS NULL
    LEFT JOIN opportunities_play AS p ON p.id = a.play_id
), made AS (
    SELECT member_id, count(*) FILTER (WHERE channel <> 'store') AS remote,
           count(*) FILTER (WHERE channel = 'call') AS calls, count(*) FILTER (WHERE channel = 'sms') AS sms,
           count(*) FILTER (WHERE channel = 'wecom') AS wecom
    FROM tasks_contact
    WHERE made_at > %(since)s AND member_id IN (SELECT member_id FROM tasks_asked)
    GROUP BY member_id
)
SELECT a.row_no, CASE
    WHEN a.known_id IS NULL THEN 'gone'
    WHEN a.home_store_id IS DISTINCT FROM a.store_id THEN 'elsewhere'
    WHEN NOT a.is_outreach THEN ''
    WHEN EXISTS (
        SELECT FROM tasks_lead AS l
        WHERE l.member_id = a.member_id AND l.state IN ('open', 'taken') AND l.is_outreach
    ) THEN 'has_one'
    WHEN NOT a.is_by_hand AND a.play_id IS NOT NULL AND EXISTS (
        SELECT FROM tasks_lead AS l
        WHERE l.member_id = a.member_id AND l.play_id = a.play_id
          AND l.opened_on > %(day)s::date - a.window_days::integer
    ) THEN 'lately'
    WHEN a.is_service THEN ''
    WHEN NOT (a.call OR a.sms OR a.wecom) THEN 'consent'
    WHEN coalesce(made.remote, 0) >= %(most_contacts)s THEN 'cap'
    WHEN NOT (
        a.call AND coalesce(made.calls, 0) < %(most_calls)s
        OR a.sms AND coalesce(made.sms, 0) < %(most_sms)s
        OR a.wecom AND coalesce(made.wecom, 0) < %(most_wecom)s
    ) THEN 'cap'
    ELSE '' END
FROM asked AS a LEFT JOIN made USING (member_id)
ORDER BY a.row_no
