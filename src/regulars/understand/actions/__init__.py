"""Actions: what is done about a finding, by whom and until when, and what became of it.

Owns actions_*. Publishes `action.given`, `action.reported` and `alert.raised`; hears nothing.
"""
