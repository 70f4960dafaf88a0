-- Which members do these orders name? One that goes on as another is that other one.
CREATE OR REPLACE TEMP TABLE buyers AS
SELECT member_id, NULL::BIGINT AS named_member_id, code
FROM members
SEMI JOIN heads ON heads.member_code = members.code
UNION ALL
SELECT kept_member_id, member_id, code
FROM merged_members
SEMI JOIN heads ON heads.member_code = merged_members.code;
