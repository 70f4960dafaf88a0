"""Tickets and lines in the warehouse: their shape, loading and derivations.

Warehouse tables: order_lines, tickets, stock.
"""
