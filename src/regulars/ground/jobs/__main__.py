"""The worker process: `python -m regulars.ground.jobs`. SIGTERM lets running jobs end first."""

import asyncio
import os

import django
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

CONCURRENT_JOBS = 2
SECONDS_TO_FINISH = 20


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    django.setup()
    with app.replace_connector(DjangoConnector().get_worker_connector()):
        asyncio.run(_work())


async def _work() -> None:
    async with app.open_async():
        await app.run_worker_async(
            concurrency=CONCURRENT_JOBS, shutdown_graceful_timeout=SECONDS_TO_FINISH
        )


if __name__ == "__main__":
    main()
