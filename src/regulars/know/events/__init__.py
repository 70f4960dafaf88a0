"""Behaviour: what people did on pages, in apps and mini-programs, each event once.

Tables: events_rule, events_rule_version, events_drift. Warehouse tables: events, event_keys.
"""
