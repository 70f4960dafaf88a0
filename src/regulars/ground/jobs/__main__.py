"""The worker process: `python -m regulars.ground.jobs`. SIGTERM lets running jobs end first."""

import asyncio
import os
from contextlib import suppress

import django
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from regulars.ground.jobs.queues import PROMPT

CONCURRENT_JOBS = 2
SECONDS_TO_FINISH = 20


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    django.setup()
    with app.replace_connector(DjangoConnector().get_worker_connector()):
        asyncio.run(_work())


async def _work() -> None:
    async with app.open_async():
        prompt = asyncio.create_task(
            app.run_worker_async(
                queues=[PROMPT],
                concurrency=1,
                shutdown_graceful_timeout=SECONDS_TO_FINISH,
                install_signal_handlers=False,
            )
        )
        await app.run_worker_async(
            concurrency=CONCURRENT_JOBS, shutdown_graceful_timeout=SECONDS_TO_FINISH
        )
        prompt.cancel()
        with suppress(asyncio.CancelledError):
            await prompt


if __name__ == "__main__":
    main()
