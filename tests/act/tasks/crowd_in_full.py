"""`python -m tests.act.tasks.crowd_in_full`: 200 people at 10,000 leads, against a real PostgreSQL.

Four processes of 50 people each, every person with a connection of their own in turn: the pools of
more would ask for more connections than the database has.
"""

import argparse
import os
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

PROCESSES = 4
SHARE = 0.02
"""Of the leads, so many are tried by each person: four people a lead."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--leads", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    from regulars.ground.processes.postgres import disposable_postgres

    with tempfile.TemporaryDirectory() as folder, disposable_postgres() as url:
        os.environ |= {
            "REGULARS_DATA": folder,
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "regulars.config.settings",
        }
        _begin()
        from django.core.management import call_command
        from django.db import connection
        from tests.act.tasks.crowd import bring, check

        call_command("migrate", verbosity=0, interactive=False)
        users, leads = bring(asked.people, asked.leads)
        groups = [[user.pk for user in users[n::PROCESSES]] for n in range(PROCESSES)]
        connection.close()
        began, done = time.perf_counter(), Counter[str]()
        with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
            tasks = [(group, leads, asked.seed + n) for n, group in enumerate(groups)]
            for counts in pool.map(_work, tasks):
                done += counts
        check(leads)
        took = time.perf_counter() - began
        print(f"{asked.people} people, {asked.leads} leads, {took:.0f} s: {dict(done)}")  # noqa: T201
        print("no lead with two owners, none lost")  # noqa: T201


def _begin() -> None:
    import django

    django.setup()


def _work(task: tuple[list[int], list[int], int]) -> Counter[str]:
    _begin()
    from tests.act.tasks.crowd import work

    from regulars.ground.accounts.models import User

    group, leads, seed = task
    return work(list(User.objects.filter(pk__in=group)), leads, seed, share=SHARE)


if __name__ == "__main__":
    main()
