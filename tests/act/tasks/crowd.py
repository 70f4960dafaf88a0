"""Many people at the same leads at once, each with a connection of their own."""

import random
import threading
from collections import Counter
from collections.abc import Sequence
from datetime import date
from uuid import uuid4

from django.db import connection, transaction

from regulars.act.tasks.models import Lead
from regulars.act.tasks.service import assign, claim, close, give_back
from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.ground.kit.errors import UserError
from regulars.ground.org import service as org
from regulars.ground.org.models import Node, Position, Staff


def bring(people: int, leads: int) -> tuple[list[User], list[int]]:
    """One store with so many people, managers all of them, and leads that nobody has."""
    store = org.add_node(
        None, Node.Kind.STORE, "crowded", "Crowded", parent=org.ensure_head_office()
    )
    users = []
    for n in range(people):
        staff = Staff.objects.create(code=f"C{n}", name=f"C{n}")
        org.assign_position(None, staff, store, Position.Kind.STORE_MANAGER, date(2019, 1, 1))
        users.append(User(
            username=f"crowd-{n}", role=User.Role.STORE_MANAGER, node=store, staff=staff,
        ))  # fmt: skip
    User.objects.bulk_create(users)
    today = clock.today()
    made = Lead.objects.bulk_create(
        Lead(store=store, title=str(n), source="manager", is_outreach=False, due_on=today,
             opened_on=today)
        for n in range(leads)
    )  # fmt: skip
    return users, [lead.pk for lead in made]


def work(
    users: Sequence[User], lead_ids: Sequence[int], seed: int, share: float = 1.0
) -> Counter[str]:
    """Everybody takes some share of the leads by chance, hands some on, gives some back, closes
    most, and says some of it twice; how often each thing was done and refused."""
    done: Counter[str] = Counter()
    faults: list[BaseException] = []

    def one(place: int, user: User) -> None:
        chance = random.Random(seed * 1_000 + place)
        try:
            for lead_id in chance.sample(list(lead_ids), round(len(lead_ids) * share)):
                done.update(_one_lead(user, users, lead_id, chance))
                connection.close()  # there are more people than connections: the next one's turn
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=each) for each in enumerate(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return done


def _one_lead(
    user: User, users: Sequence[User], lead_id: int, chance: random.Random
) -> Counter[str]:
    done: Counter[str] = Counter()

    def tried(what: str, act, *given, times: int = 1, **told) -> bool:  # type: ignore[no-untyped-def]
        for _ in range(times):
            try:
                with transaction.atomic():
                    act(user, *given, **told)
            except UserError:
                done[f"{what} refused"] += 1
                return False
        done[what] += 1
        return True

    times = chance.choice([1, 1, 1, 2])
    if not tried("claim", claim, lead_id, uuid4(), times=times):
        return done
    other = chance.choice(users)
    step = chance.random()
    if step < 0.1:
        tried("give back", give_back, lead_id, uuid4())
    elif step < 0.2 and other.staff:
        tried("assign", assign, [lead_id], other.staff, uuid4())
    else:
        tried("close", close, lead_id, "no_answer", request_id=uuid4(), times=times)
    return done


def check(lead_ids: Sequence[int]) -> None:
    """No lead has two owners, none is lost: the changes of each tell one story, step by step."""
    leads = Lead.objects.filter(pk__in=lead_ids).prefetch_related("changes")
    assert len(leads) == len(lead_ids)
    for lead in leads:
        owner: int | None = None
        state = "open"
        changes = sorted(lead.changes.all(), key=lambda change: change.pk)
        for change in changes:
            told = change.detail.get("staff")
            match change.what:
                case "claimed":
                    assert state == "open" and owner in {None, told}, (lead.pk, change.pk)
                    owner, state = told, "taken"
                case "assigned":
                    assert state != "done"
                    owner, state = told, "open"
                case "given_back":
                    assert owner == told
                    owner, state = None, "open"
                case "closed":
                    assert state != "done"
                    state = "done"
        assert (lead.staff_id, lead.state) == (owner, state), lead.pk
        assert lead.version == 1 + len(changes), lead.pk
