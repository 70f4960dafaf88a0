"""The targets of all places at once are those of each, on a chain with a history of its own."""

from datetime import date, timedelta

import pytest
from tests.understand.actions.small_chain import user_of

from regulars.ground.accounts.models import User
from regulars.ground.org.models import Node
from regulars.understand.metrics.service import Period, Question, month_of
from regulars.understand.targets.service import (
    Wish,
    find_target_cents,
    find_target_cents_of_places,
    get_weekdays,
    make_plan,
    move_plan,
    set_days,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("simulated")]
DAY = timedelta(days=1)
LAST = date(2026, 6, 30)


def test_days_months_and_parts_of_months_are_the_same_for_all_as_for_one() -> None:
    user, scope = user_of(User.Role.OPERATIONS)
    for day in (date(2025, 6, 18), date(2026, 6, 18)):
        set_days(user, day, day, kind="promotion", name="618")
    wish = Wish("spring", "Spring", date(2026, 4, 1), LAST, net_cents=98_765_431, base_months=12)
    plan = make_plan(user, scope, wish)
    for state in ("proposed", "agreed"):
        move_plan(user, scope, plan, state)
    places = list(Node.objects.order_by("pk"))
    learnt = {get_weekdays(place, LAST).weights for place in places}
    assert len(learnt) > len(places) / 2  # places differ by their own history
    day, first = date(2026, 6, 18), date(2026, 6, 1)
    for period in (
        Period(day, day + DAY),
        Period(first, day + DAY),
        month_of(day),
        Period(date(2026, 5, 20), day),
    ):
        each = {place.pk: find_target_cents(Question(place, period)) for place in places}
        found = find_target_cents_of_places(period)
        assert found == {pk: cents for pk, cents in each.items() if cents is not None}
        assert len(found) > len(places) / 2
        some = [place.pk for place in places[:3]]
        assert find_target_cents_of_places(period, some) == {
            pk: cents for pk, cents in found.items() if pk in some
        }
