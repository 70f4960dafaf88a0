"""Whatever is seen, in whatever order and parts it comes: the persons are the same."""

from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.know.identities.sight import COLUMNS, START

from regulars.know.identities.models import Identity, Link, Person
from regulars.know.identities.service import resolve

KINDS = ("member", "unionid", "phone", "openid", "device", "cookie")
values = st.integers(0, 4).map(lambda number: f"{13800000000 + number}")
event = st.tuples(
    st.dictionaries(st.sampled_from(KINDS), values, min_size=1, max_size=3), st.integers(0, 3)
)
events = st.lists(event, min_size=1, max_size=14)


def resolved_in(*passes: list[Any]) -> tuple[Any, ...]:
    """Who is with whom, who is shared, what is held, after these passes; then all is taken back."""
    with transaction.atomic():
        for each in passes:
            rows = [
                {
                    "event_no": number, "kind": kind, "value": value, "is_login": False,
                    "seen_at": START + timedelta(minutes=minute), "source": "shop",
                }
                for number, (identities, minute) in enumerate(each)
                for kind, value in identities.items()
            ]  # fmt: skip
            resolve(pa.Table.from_pylist(rows, COLUMNS))
        found = _standing()
        transaction.set_rollback(True)
    return found


def _standing() -> tuple[Any, ...]:
    names = {i.pk: (i.kind, bytes(i.value_hash)) for i in Identity.objects.all()}
    together: dict[int, set[Any]] = {}
    for each in Identity.objects.all():
        together.setdefault(each.person_id, set()).add(names[each.pk])
        assert each.person_id == Identity.objects.get(pk=each.person_id).person_id
    return (
        {frozenset(group) for group in together.values()},
        {names[i.pk] for i in Identity.objects.filter(is_shared=True)},
        {
            frozenset({names[a], names[b]})
            for a, b in Link.objects.filter(is_held=True).values_list("follower_id", "followed_id")
        },
        Person.objects.count(),
    )


@pytest.mark.django_db
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(events, st.randoms(), st.integers(1, 4))
def test_the_order_of_passes_does_not_matter(seen: list[Any], chance: Any, parts: int) -> None:
    shuffled = list(seen)
    chance.shuffle(shuffled)
    passes = [shuffled[part::parts] for part in range(parts)]
    at_once = resolved_in(seen)
    assert resolved_in(*[each for each in passes if each]) == at_once
    assert resolved_in(seen, seen) == at_once
