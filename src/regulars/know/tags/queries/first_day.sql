-- On which day was the first sale or event?
SELECT least(min(business_on), (SELECT min(business_on) FROM events)) AS first_on
FROM tickets;
