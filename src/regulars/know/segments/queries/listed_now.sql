-- Who was uploaded?
CREATE OR REPLACE TEMP TABLE meeting AS
SELECT DISTINCT member_id
FROM (SELECT unnest($ids::BIGINT[]) AS member_id)
SEMI JOIN members USING (member_id);
