-- From when to when are there sales?
SELECT min(business_on) AS first_on, max(business_on) AS last_on FROM tickets;
