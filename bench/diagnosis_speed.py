"""How long it takes to look at every store, category and part of the chain, and at one node."""

import time
from typing import Any

from bench import chains
from bench.harness import Result, peak_mb, seconds, timed

MONTH = ("2026-09-01", "2026-09-30")
FIRST, LAST = "2026-09-04", "2026-09-24"


def main(scale: float) -> None:
    """One month beside the month before, all nodes; then one node, as a page asks."""
    with chains.deployment(scale) as source:
        chains.import_kinds(source, ("lines",))
        from regulars.ground.kit import clock
        from regulars.understand.diagnosis import chain, history, whole
        from regulars.understand.diagnosis.kept import keep_morning
        from regulars.understand.metrics.service import ask

        scope = _everything()
        question = ask(scope, first=MONTH[0], last=MONTH[1])
        places = chain.chain_on(question.period.last_day)
        months = history.past_months(question.period)
        began = time.perf_counter()
        history.counts_of_months(months, places.stores, places.counted)
        counting = time.perf_counter() - began
        _forget()
        found, took = timed(lambda: whole.look(question, "previous"))
        sizes = {
            "stores": len(places.stores), "categories": len(places.counted),
            "months": len(months), "findings": len(found.findings),
        }  # fmt: skip
        Result(
            name="diagnosis_speed",
            claim="All findings of a month beside another: every store, category and part",
            value=took,
            unit="s",
            bar=23.0,
            alternatives={"counting the months before anew each time": took + counting},
            sizes=sizes,
            notes=f"past months are counted once and kept: {counting:.0f} s for {len(months)}; "
            f"peak memory {peak_mb():,.0f} MB",
        ).save()
        keep_morning(question, "previous", clock.today())
        _one_node(scope, sizes)


def _one_node(scope: Any, sizes: dict[str, int]) -> None:
    from regulars.ground.org.models import Node
    from regulars.understand.diagnosis.service import diagnose, glance
    from regulars.understand.metrics.service import ask

    def asked(node: Any) -> float:
        question = ask(scope, org=node.code, first=MONTH[0], last=MONTH[1])

        def again() -> None:
            _forget()
            diagnose(scope, question)

        return seconds(again, runs=3)

    kinds = ("head_office", "region", "branch", "store")
    times = {kind: asked(Node.objects.filter(kind=kind).order_by("pk")[0]) for kind in kinds}
    told = ", ".join(f"{kind} {took:.2f} s" for kind, took in times.items())
    Result(
        name="diagnosis_node",
        claim="One node's findings, as its page asks for them",
        value=max(times.values()),
        unit="s",
        bar=1.0,
        sizes=sizes,
        notes=f"{told}; from what the morning found, its own tree counted now",
    ).save()
    days = ask(scope, org=Node.objects.filter(kind="branch")[0].code, first=FIRST, last=LAST)

    def glanced() -> None:
        _forget()
        glance(scope, days)

    at_once = seconds(glanced, runs=3)
    _forget()
    _told, searched = timed(lambda: diagnose(scope, days))
    Result(
        name="diagnosis_glance",
        claim="One node for days that nobody asked about today: its gap and exact shares",
        value=at_once,
        unit="s",
        bar=1.0,
        alternatives={"with the search for causes, which follows by itself": searched},
        sizes=sizes,
        notes="the search is kept for the day: whoever asks next waits for neither",
    ).save()


def _everything() -> Any:
    from regulars.ground.accounts.access import Scope

    return Scope(user_id=0, role="operations", capabilities=frozenset())


def _forget() -> None:
    from django.core.cache import cache

    cache.clear()
