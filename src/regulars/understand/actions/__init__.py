"""Actions: what is done about a finding, by whom and until when, and what became of it.

Owns actions_*. Publishes `action.given`, `action.reported`, `action.dropped`, `action.commented`
and `alert.raised`; hears nothing.
"""
