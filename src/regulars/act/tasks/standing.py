"""Whether a list of leads is still the one that was shown: asked at the cost of one index."""

from django.db import connection

from regulars.ground.accounts.access import Scope
from regulars.ground.kit.sql import named


def standing_of(scope: Scope) -> str:
    """What the list of a store stands on now, as a text to compare; nothing for whoever sees more
    than one store: their list is made anew each time."""
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "standing"), {"store": scope.node_id})
        return " ".join(str(each) for each in cursor.fetchone() or ())
