"""`python -m tests.act.tasks.killed STEP`: launch a day, and die at the end of a step of it ("": of
none), as a worker does whose machine goes. Candidates are all members, so that no warehouse is
needed."""

import os
import signal
import sys
from datetime import date
from typing import Any

DAY = date(2026, 11, 2)


def main(step: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "regulars.config.settings"
    import django

    django.setup()
    import pyarrow as pa

    from regulars.act.opportunities.models import Play
    from regulars.act.tasks import launching
    from regulars.know.members.models import Member

    def chosen(plays: list[Play], rooms: pa.Table, day: date) -> pa.Table:
        rows = Member.objects.order_by("home_store_id", "pk").values_list("pk", "home_store_id")
        columns = {"play_id": plays[0].pk, "value_cents": 1, "room": 5}
        told = [{"member_id": pk, "store_id": store, **columns} for pk, store in rows]
        return pa.Table.from_pylist(told)

    def dying(real: Any) -> Any:
        def run(*given: Any, **told: Any) -> None:
            real(*given, **told)
            os.kill(os.getpid(), signal.SIGKILL)

        return run

    launching.chosen = chosen  # type: ignore[assignment]
    launching.reasons = lambda rows, plays, day: rows  # type: ignore[assignment]
    launching.weighed = lambda: {}  # type: ignore[assignment]
    launching.clear = lambda: None  # type: ignore[assignment]
    launching.opportunities.running = lambda on=None: list(Play.objects.all())  # type: ignore[assignment,misc]
    if step:
        setattr(launching, step, dying(getattr(launching, step)))
    launching.launch(DAY)


if __name__ == "__main__":
    main(sys.argv[1])
