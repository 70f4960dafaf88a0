"""A worker is killed half-way through a launch, really; the next one does all of it."""

import os
import subprocess
import sys
from datetime import date
from urllib.parse import urlsplit

import pytest
from django.db import connection
from tests.act.tasks.killed import DAY

from regulars.act.opportunities.models import Play
from regulars.act.tasks.models import Launch, Lead, LeadChange
from regulars.ground.jobs.models import Event
from regulars.ground.org import service as org
from regulars.ground.org.models import Node, Position, Staff
from regulars.know.members.models import Member
from regulars.understand.experiments.models import Entry, Experiment


def launch_apart(step: str) -> int:
    """In a process of its own, on this test's database."""
    url = urlsplit(os.environ["DATABASE_URL"])
    own = url._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    command = [sys.executable, "-m", "tests.act.tasks.killed", step]
    return subprocess.run(command, check=False, env={**os.environ, "DATABASE_URL": own}).returncode


@pytest.mark.django_db(transaction=True)
def test_a_launch_that_is_killed_leaves_nothing_and_the_next_one_does_all_of_it_once() -> None:
    top = org.ensure_head_office()
    store = org.add_node(None, Node.Kind.STORE, "K", "K", parent=top)
    staff = Staff.objects.create(code="K", name="K")
    org.assign_position(None, staff, store, Position.Kind.CONSULTANT, date(2019, 1, 1))
    Member.objects.bulk_create(Member(code=f"K{n}", home_store=store) for n in range(12))
    tried = Experiment.objects.create(
        code="k", name="k", holdout_rate="0.50", outcome={"kind": "purchase"}, window_days=14,
        salt="k", began_on=DAY,
    )  # fmt: skip
    Play.objects.create(code="k", name="k", reason="", experiment=tried)
    Event.objects.all().delete()
    for step in ("enter", "open_rows"):
        assert launch_apart(step) == -9
        for model in (Launch, Entry, Lead, LeadChange, Event):
            assert not model.objects.exists()
    for _ in range(2):
        assert launch_apart("") == 0
    assert Lead.objects.count() == LeadChange.objects.count() == 5
    assert Entry.objects.filter(is_held_out=False).count() == 5
    assert (Launch.objects.count(), Event.objects.count()) == (1, 1)
