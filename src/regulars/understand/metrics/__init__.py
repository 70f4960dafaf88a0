"""The member metric tree and the KPI dictionary, exact to the cent.

Tables: metrics_closing, metrics_closed_part; it asks the warehouse. Hears and publishes nothing.
"""
