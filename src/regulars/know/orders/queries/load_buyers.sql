-- Which members do these orders name?
CREATE OR REPLACE TEMP TABLE buyers AS
SELECT member_id, code
FROM members
SEMI JOIN heads ON heads.member_code = members.code;
