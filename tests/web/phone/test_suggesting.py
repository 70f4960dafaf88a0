"""The one thing to say at the counter."""

from datetime import date

from regulars.web.phone.suggesting import suggestion

TODAY = date(2020, 3, 1)


def test_whoever_has_not_bought_for_a_year_is_not_asked_what_came_of_it() -> None:
    said = suggestion(
        is_complaint_open=False, lead=None, due=[], goods=[], has_child=True, today=TODAY
    )
    assert said == "Nothing bought within a year: ask what the child needs now."
