-- Which periods are kept?
SELECT DISTINCT first_on, last_on FROM diagnosis_places;
