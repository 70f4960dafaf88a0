-- What is on record of members? Places say among whom a rank is. Who was forgotten is nobody: sales
-- stand under a tombstone, and no tag does.
WITH families AS (
    SELECT
        member_id,
        count(*) AS child_count,
        max(coalesce(birth_on, due_on)) AS youngest_on,
        min(coalesce(birth_on, due_on)) AS eldest_on,
        min(due_on) FILTER (birth_on IS NULL AND due_on >= $today) AS due_on
    FROM children
    GROUP BY member_id
)
SELECT
    members.member_id,
    members.home_store_id AS place_store,
    nodes.parent_id AS place_branch,
    members.joined_on,
    members.join_channel,
    nullif(members.level, '') AS level,
    homes.code AS home_store,
    nullif(homes.format, '') AS home_store_format,
    joined.code AS join_store,
    members.is_phone_verified,
    coalesce(child_count, 0) AS child_count,
    members.has_child_on_file AS has_confirmed_child,
    CASE WHEN youngest_on <= $today THEN youngest_on END AS youngest_birth_on,
    due_on,
    age_in_months(youngest_on, $today) AS youngest_months,
    age_in_months(eldest_on, $today) AS eldest_months,
    stage_of(age_in_months(youngest_on, $today), $age_range_months) AS youngest_stage,
    stage_of(age_in_months(eldest_on, $today), $age_range_months) AS eldest_stage,
    members.graduates_on,
    next_birthday(youngest_on, $today) AS next_birthday_on
FROM members
LEFT JOIN families ON families.member_id = members.member_id
LEFT JOIN stores AS homes ON homes.store_id = members.home_store_id
LEFT JOIN nodes ON nodes.node_id = members.home_store_id
LEFT JOIN stores AS joined ON joined.store_id = members.join_store_id
WHERE NOT starts_with(members.code, 'forgotten-');
