"""The closed loop on phones: a lead arrives, is handed out, is worked by a phone that loses its
network, ends in a sale at the till, and its play says what that was worth."""

import json
import subprocess
import sys
import uuid
from typing import Any

from tests.browser.conftest import PHONE
from tests.browser.system import DemoSystem
from tests.browser.visitor import Visit, Visitor, cents, exact
from tests.ground.processes.harness import eventually
from tests.own_environment import own_environment

BESIDE = """
import json, os, sys
from pathlib import Path
from regulars.ground.processes.service import find_environment
os.environ.update(find_environment(Path(sys.argv[1])))
os.environ["DJANGO_SETTINGS_MODULE"] = "regulars.config.settings"
import django
django.setup()
"""
OPEN_LEAD = """
from datetime import timedelta
from django.db import transaction
from regulars.act.opportunities.service import approve, save_play, submit
from regulars.act.pos.service import list_best
from regulars.act.tasks.models import Lead
from regulars.act.tasks.service import open_lead
from regulars.ground.accounts.access import scope_of
from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.ground.org.models import Node
from regulars.know.members.models import Member
user = {each.username: each for each in User.objects.all()}
store = Node.objects.get(pk=scope_of(user["store"]).node_id)
code, today = sys.argv[2], clock.today()
said = {"name": code, "reason": code, "trigger": {"event": code}, "value_cents": 1_000_000,
        "outcome": {"kind": "purchase"}, "starts_on": today, "ends_on": today + timedelta(days=6)}
taken = Lead.objects.filter(state__in=["open", "taken"], member__isnull=False).values("member_id")
members = Member.objects.filter(home_store_id=store.pk, merged_into=None).exclude(pk__in=taken)
with transaction.atomic():
    draft = save_play(user["hq"], code, said, is_new=True)
    play = approve(user["admin"], submit(user["hq"], draft))
    each = {"source": "play", "reason": code, "value_cents": 1_000_000,
            "staff": user["store"].staff}
    found = (open_lead(play, member, store, **each) for member in members.order_by("pk"))
    lead = next(lead for lead in found if lead)
article = next(a for a in list_best(scope_of(user["store"]), store) if a.price_cents)
print(json.dumps({"member": lead.member.code, "article": article.code, "price": article.price_cents,
                  "consultant": user["consultant"].staff.name}))
"""
RESULT = """
from regulars.act.tasks.models import Lead
from regulars.understand.experiments.models import Touch
lead = Lead.objects.get(reason=sys.argv[2])
print(json.dumps([lead.state, lead.result, lead.changes.filter(what="closed").count(),
                  Touch.objects.filter(lead_id=lead.pk).count()]))
"""
LIVE_MS = 15_000


def told(system: DemoSystem, program: str, code: str) -> Any:
    """What a program beside the running system says."""
    done = subprocess.run(
        [sys.executable, "-c", BESIDE + program, str(system.data), code],
        capture_output=True, text=True, check=False, env=own_environment(),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.strip().splitlines()[-1])


def test_the_whole_loop_from_a_live_lead_to_what_it_was_worth(
    visit: Visit, system: DemoSystem
) -> None:
    code = f"loop-{uuid.uuid4().hex[:6]}"
    manager = visit("store", viewport=PHONE, is_live=True)
    with manager.page.expect_response(lambda answer: "/live/leads/" in answer.url):
        manager.open("/m/leads/?who=all")
    facts = told(system, OPEN_LEAD, code)
    manager.page.get_by_text(code).first.wait_for(timeout=LIVE_MS)
    hand_out(manager, code, facts["consultant"])

    consultant = visit("consultant", viewport=PHONE, forgives=(0,))
    work_without_network(consultant, code)
    assert told(system, RESULT, code) == ["done", "booked", 1, 1]
    paid = sell(consultant, facts)
    assert paid == 2 * facts["price"]

    operations = visit("hq", viewport=PHONE)
    operations.open(f"/plays/{code}/")
    operations.region("What it was worth").wait_for()
    eventually(lambda: counted(operations, facts["consultant"]) == ["1", "1", paid])


def hand_out(manager: Visitor, code: str, name: str) -> None:
    manager.page.locator(".lead", has_text=code).locator(".lead-head").click()
    manager.find("link", "Hand it to somebody").click()
    for box in manager.page.locator("input[name=lead]").all():
        box.set_checked(False)
    manager.page.locator("label", has_text=code).locator("input").check()
    options = manager.page.locator("#to option").all_inner_texts()
    manager.page.locator("#to").select_option(
        next(each for each in options if each.startswith(name))
    )
    manager.find("button", "Hand out").click()
    manager.page.get_by_role("status").filter(has_text=f"1 handed to {name}").wait_for()


def work_without_network(consultant: Visitor, code: str) -> None:
    """The result is written down while there is none, and goes out once there is one."""
    consultant.open("/m/leads/")
    consultant.settle()
    card = consultant.page.locator(".lead", has_text=code)
    consultant.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    consultant.page.wait_for_function(
        "caches.open('regulars lists').then(c => c.match('/m/leads/')).then(Boolean)"
    )
    consultant.page.context.set_offline(True)
    consultant.page.reload()
    consultant.find("button", "Result", within=card).click()
    consultant.page.locator("#result-sheet").get_by_text("will come", exact=True).click()
    consultant.find("button", "Write it down").click()
    mark = consultant.page.locator("#offline-mark")
    mark.filter(has_text="Results waiting to be sent: 1").wait_for()
    consultant.page.context.set_offline(False)
    mark.wait_for(state="hidden", timeout=LIVE_MS)
    consultant.faults[:] = [each for each in consultant.faults if "net::ERR_" not in each]


def sell(consultant: Visitor, facts: dict[str, Any]) -> int:
    """Two of an article to the member, for cash; the cents on the receipt."""
    page = consultant.page
    consultant.open("/m/till/")
    page.get_by_label("Name, whole phone or number").fill(facts["member"])
    page.locator("#who-found").get_by_role("button").first.click()
    page.locator("#buyer-facts").filter(has_text=facts["member"]).wait_for()
    scan = page.get_by_label("Scan, or type a name or number")
    scan.fill(facts["article"])
    scan.press("Enter")
    page.get_by_role("button", name="One more").click()
    consultant.find("button", "Paid: finish the ticket").click()
    page.get_by_role("status").filter(has_text="Sold for").wait_for()
    consultant.find("link", "Receipt").click()
    page.wait_for_url("**/m/till/tickets/**")
    paid = page.locator(".till-total strong").first.inner_text()
    return cents(paid)


def counted(operations: Visitor, name: str) -> list[str | int]:
    """People of this consultant who were reached, and bought after it, and for how much."""
    operations.find("button", "Count now").click()
    operations.page.wait_for_load_state()
    row = operations.region("By person").get_by_role("row").filter(has_text=name)
    reached, did_it, money = row.get_by_role("cell").all()[1:4]
    return [reached.inner_text(), did_it.inner_text(), cents(exact(money))]


def test_what_was_kept_for_one_is_gone_when_another_signs_in(
    visit: Visit, system: DemoSystem
) -> None:
    consultant = visit("consultant", viewport=PHONE, is_fresh=True)
    consultant.open("/m/leads/")
    consultant.settle()
    kept = "caches.open('regulars lists').then(c => c.match('/m/leads/')).then(Boolean)"
    consultant.page.wait_for_function(kept)
    consultant.page.get_by_role("button", name="Sign out").click()
    consultant.page.wait_for_url("**/accounts/login/**")
    assert consultant.page.evaluate(kept) is False
