"""Briefing: how a day begins 早报 and how it ends 日结, as a page and as a message, and who is told
of alerts and actions. Owns no table. Hears `alert.raised`, `action.given`, `action.reported`,
`action.dropped` and `action.commented`; publishes nothing.
"""
