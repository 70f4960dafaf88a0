-- What does the warehouse know of these members? She graduates when her youngest child (born or
-- due) leaves the chain's age range.
WITH families AS (
    SELECT member_id, max(coalesce(birth_on, due_on)) AS youngest_on, bool_or(is_confirmed) AS is_on_file
    FROM members_child WHERE member_id = ANY (%(ids)s::bigint[]) GROUP BY member_id
)
SELECT m.id, m.code, m.joined_on, m.home_store_id, m.join_store_id, m.join_channel, m.level,
       (f.youngest_on + make_interval(months => %(age_range_months)s))::date,
       m.is_phone_verified, coalesce(f.is_on_file, FALSE)
FROM members_member AS m LEFT JOIN families AS f ON f.member_id = m.id
WHERE m.id = ANY (%(ids)s::bigint[])
ORDER BY m.id
