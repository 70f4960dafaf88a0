-- How many of these members may be called, texted, written to in WeCom, or reached at all? `unasked`:
-- whether whoever was never asked for consent may be.
WITH told AS (
    SELECT coalesce(is_call_allowed, %(unasked)s) AS by_call,
           coalesce(is_sms_allowed, %(unasked)s) AS by_sms,
           coalesce(is_wecom_allowed, %(unasked)s) AS by_wecom
    FROM members_member WHERE id = ANY(%(ids)s)
)
SELECT
    count(*) FILTER (WHERE by_call), count(*) FILTER (WHERE by_sms),
    count(*) FILTER (WHERE by_wecom), count(*) FILTER (WHERE by_call OR by_sms OR by_wecom)
FROM told;
