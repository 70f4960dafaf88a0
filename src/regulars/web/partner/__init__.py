"""Brand partners' pages."""
