"""The member metric tree and the KPI dictionary, exact to the cent.

Owns no tables: it asks the warehouse. Hears nothing, publishes nothing.
"""
