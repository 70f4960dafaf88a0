"""A lead arrives, is handed out, and is worked by a phone that loses its network."""

import subprocess
import sys
import uuid

from tests.browser.conftest import PHONE
from tests.browser.system import DemoSystem
from tests.browser.visitor import Visit
from tests.own_environment import own_environment

BESIDE = """
import os, sys
from pathlib import Path
from regulars.ground.processes.service import find_environment
os.environ.update(find_environment(Path(sys.argv[1])))
os.environ["DJANGO_SETTINGS_MODULE"] = "regulars.config.settings"
import django
django.setup()
"""
OPEN_LEADS = """
from django.db import transaction
from regulars.act.tasks.models import Lead
from regulars.ground.accounts.access import scope_of
from regulars.ground.accounts.models import User
from regulars.ground.jobs.service import publish
from regulars.ground.kit import clock
from regulars.know.members.models import Member
store = scope_of(User.objects.get(username="store")).node_id
taken = Lead.objects.filter(state__in=["open", "taken"], member__isnull=False).values("member_id")
member = Member.objects.filter(home_store_id=store, merged_into=None).exclude(pk__in=taken)[0]
with transaction.atomic():
    lead = Lead.objects.create(
        member=member, store_id=store, title="A lead", reason=sys.argv[2], source="manager",
        talk="Come and see us.", due_on=clock.today(), opened_on=clock.today(), priority=99,
    )
    publish("lead.opened", lead_ids=[lead.pk], store_ids=[store])
print(User.objects.get(username="consultant").staff.name)
"""
RESULT = """
from regulars.act.tasks.models import Lead
lead = Lead.objects.get(reason=sys.argv[2])
print(lead.state, lead.result, lead.changes.filter(what="closed").count())
"""
LIVE_MS = 15_000


def told(system: DemoSystem, program: str, reason: str) -> str:
    """What a program beside the running system prints."""
    done = subprocess.run(
        [sys.executable, "-c", BESIDE + program, str(system.data), reason],
        capture_output=True, text=True, check=False, env=own_environment(),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


def test_a_lead_arrives_is_handed_out_and_its_result_goes_out_once_from_a_phone_that_was_away(
    visit: Visit, system: DemoSystem
) -> None:
    reason = f"Born under the browser {uuid.uuid4().hex[:6]}"
    manager = visit("store", viewport=PHONE, is_live=True)
    manager.open("/m/leads/?who=all")
    manager.page.wait_for_timeout(1_000)
    name = told(system, OPEN_LEADS, reason)
    manager.page.get_by_text(reason).wait_for(timeout=LIVE_MS)

    manager.open("/m/team/")
    for box in manager.page.locator("input[name=lead]").all():
        box.set_checked(False)
    manager.page.locator("label", has_text=reason[:30]).locator("input").check()
    options = manager.page.locator("#to option").all_inner_texts()
    manager.page.locator("#to").select_option(
        next(each for each in options if each.startswith(name))
    )
    manager.find("button", "Hand out").click()
    manager.page.get_by_role("status").filter(has_text=f"1 handed to {name}").wait_for()

    consultant = visit("consultant", viewport=PHONE, forgives=(0,))
    consultant.open("/m/leads/")
    consultant.settle()
    card = consultant.page.locator(".lead", has_text=reason)
    consultant.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    consultant.page.wait_for_function(
        "caches.open('regulars lists').then(c => c.match('/m/leads/')).then(Boolean)"
    )
    consultant.page.context.set_offline(True)
    consultant.page.reload()
    card.get_by_role("button", name="Result").click()
    consultant.page.locator("#result-sheet").get_by_text("bought", exact=True).click()
    consultant.find("button", "Write it down").click()
    mark = consultant.page.locator("#offline-mark")
    mark.filter(has_text="Results waiting to be sent: 1").wait_for()
    assert told(system, RESULT, reason).split() == ["open", "0"]

    consultant.page.context.set_offline(False)
    mark.wait_for(state="hidden", timeout=LIVE_MS)
    assert told(system, RESULT, reason) == "done bought 1"
    consultant.faults[:] = [each for each in consultant.faults if "net::ERR_" not in each]


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
