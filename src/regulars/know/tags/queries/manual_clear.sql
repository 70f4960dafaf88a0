-- Everything comes anew.
DELETE FROM manual_values;
