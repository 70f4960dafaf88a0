-- All tickets anew, in order of date, so that a month lies together.
CREATE OR REPLACE TABLE tickets AS
SELECT *
FROM (
    FROM chains
    UNION ALL BY NAME
    FROM tickets
    ANTI JOIN chains USING (ticket_id)
)
ORDER BY business_on;
