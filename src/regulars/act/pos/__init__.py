"""The simple web till: goods, a member, a payment, a receipt, what comes back, the day's closing.

Owns pos_sale, pos_counter and pos_closing. Its tickets are order lines in the inbox like any
other's; it publishes and hears nothing.
"""
