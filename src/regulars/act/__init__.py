"""Acting: who should be served today, by whom, with what, and that it is done."""
