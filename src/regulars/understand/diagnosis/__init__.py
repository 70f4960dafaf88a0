"""Why a number moved: findings, kept for each morning.

Owns diagnosis_finding. The table alone stands here, so that actions can answer findings; the room
that computes them takes this one's place.
"""
