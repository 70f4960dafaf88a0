"""A simulated mother-and-baby chain in the import layout, with causes planted on request."""

from regulars.demo.simulate.run import simulate
from regulars.demo.simulate.truth import Truth

__all__ = ["Truth", "simulate"]
