-- Which brands are new? A brand is known by its name.
INSERT INTO catalog_brand (code, name)
SELECT DISTINCT brand, brand FROM given WHERE brand IS NOT NULL
ON CONFLICT (code) DO NOTHING
