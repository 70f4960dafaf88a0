-- How many of these members may be called, texted, written to in WeCom, or reached at all?
SELECT
    count(*) FILTER (WHERE is_call_allowed), count(*) FILTER (WHERE is_sms_allowed),
    count(*) FILTER (WHERE is_wecom_allowed),
    count(*) FILTER (WHERE is_call_allowed OR is_sms_allowed OR is_wecom_allowed)
FROM members_member
WHERE id = ANY(%(ids)s);
