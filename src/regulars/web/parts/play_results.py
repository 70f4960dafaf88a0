"""What came of a play, as far as somebody may see it."""

from dataclasses import replace

from regulars.ground.accounts.access import Scope
from regulars.ground.kit import clock
from regulars.ground.org.models import Position
from regulars.ground.org.service import store_ids_under
from regulars.understand.experiments.service import Outcome


def within(scope: Scope, outcome: Outcome) -> Outcome:
    """An outcome with the stores of the caller's place, and the people who work there today,
    alone; the play's own numbers are those of the chain."""
    if scope.node_id is None:
        return outcome
    own = set(store_ids_under(scope.node_id))
    held = Position.objects.valid_on(clock.today()).filter(node__in=own)
    people = set(held.values_list("staff_id", flat=True))
    return replace(
        outcome,
        by_store=[each for each in outcome.by_store if each.store_id in own],
        by_staff=[each for each in outcome.by_staff if each.staff_id in people],
    )
