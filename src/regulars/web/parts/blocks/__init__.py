"""Home pages are made of blocks: what there is, how each is filled, and in whose order they stand.

A new block is one line in `registry.py`, a function in `filling.py` and a template a device.
"""
