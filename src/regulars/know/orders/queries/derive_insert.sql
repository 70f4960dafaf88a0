-- The changed tickets come back with their chains.
INSERT INTO tickets BY NAME
FROM changed;
