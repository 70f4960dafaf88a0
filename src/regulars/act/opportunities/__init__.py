"""Opportunities: plays, which say who is to be served, why, with what and by whom, and their sizes.

Owns opportunities_*. Publishes `play.approved`, `play.paused` and `play.stopped`; hears nothing.
"""
