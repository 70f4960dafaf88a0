-- Whom no play approaches this morning, and why? `is_hard`: not even a service does.
SELECT member_id, 'has_one' AS why, TRUE AS is_hard FROM tasks_lead
WHERE state IN ('open', 'taken') AND is_outreach AND member_id IS NOT NULL
UNION ALL
SELECT id, 'consent', FALSE FROM members_member
WHERE NOT coalesce(is_call_allowed, %(unasked)s) AND NOT coalesce(is_sms_allowed, %(unasked)s)
  AND NOT coalesce(is_wecom_allowed, %(unasked)s)
  AND merged_into_id IS NULL
UNION ALL
SELECT made.member_id, 'cap', FALSE
FROM (
    SELECT member_id, count(*) FILTER (WHERE channel <> 'store') AS remote,
           count(*) FILTER (WHERE channel = 'call') AS calls,
           count(*) FILTER (WHERE channel = 'sms') AS sms,
           count(*) FILTER (WHERE channel = 'wecom') AS wecom
    FROM tasks_contact WHERE made_at > %(since)s GROUP BY member_id
) AS made
LEFT JOIN members_member AS m ON m.id = made.member_id
WHERE remote >= %(most_contacts)s OR NOT (
    coalesce(m.is_call_allowed, %(unasked)s) AND calls < %(most_calls)s
    OR coalesce(m.is_sms_allowed, %(unasked)s) AND sms < %(most_sms)s
    OR coalesce(m.is_wecom_allowed, %(unasked)s) AND wecom < %(most_wecom)s
)
