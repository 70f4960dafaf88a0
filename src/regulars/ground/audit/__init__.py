"""Who did what, when, to what.

Tables: audit_entry.
"""
