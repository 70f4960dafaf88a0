"""Targets: plans split over places, months, goods and parts of the member tree, to the cent.

Tables: targets_plan, _version, _node, _day, _proposal, _comment, _metric. Publishes and hears
nothing; asks the warehouse what was sold before.
"""
