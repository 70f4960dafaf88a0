-- What does the warehouse know of these members? She graduates when her youngest child (born or
-- due) leaves the chain's age range. Records merged into hers are hers: their children, and the
-- earliest day of joining.
WITH merged AS (
    SELECT id, merged_into_id, joined_on FROM members_member
    WHERE merged_into_id = ANY (%(ids)s::bigint[])
), theirs AS (
    SELECT member_id, birth_on, due_on, is_confirmed FROM members_child
    WHERE member_id = ANY (%(ids)s::bigint[])
    UNION ALL
    SELECT merged_into_id, birth_on, due_on, is_confirmed
    FROM members_child AS c JOIN merged ON merged.id = c.member_id
), families AS (
    SELECT member_id, max(coalesce(birth_on, due_on)) AS youngest_on, bool_or(is_confirmed) AS is_on_file
    FROM theirs GROUP BY member_id
), earlier AS (
    SELECT merged_into_id, min(joined_on) AS joined_on FROM merged GROUP BY merged_into_id
)
SELECT m.id, m.code, least(m.joined_on, e.joined_on), m.home_store_id, m.join_store_id,
       m.join_channel, m.level,
       coalesce((f.youngest_on + make_interval(months => %(age_range_months)s))::date, m.graduates_on),
       m.is_phone_verified, coalesce(f.is_on_file, FALSE)
FROM members_member AS m
LEFT JOIN families AS f ON f.member_id = m.id
LEFT JOIN earlier AS e ON e.merged_into_id = m.id
WHERE m.id = ANY (%(ids)s::bigint[]) AND m.merged_into_id IS NULL
ORDER BY m.id
