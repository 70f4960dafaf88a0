"""What a worker does for the loader."""

from procrastinate.contrib.django import app

from regulars.ground.jobs.service import every, subscribe
from regulars.ground.kit import clock
from regulars.know.identities.service import FORGOTTEN
from regulars.know.loader import archive, forgetting, times


@app.periodic(cron="*/10 * * * *")
@app.task(name="loader.archive_inbox", queueing_lock="loader.archive_inbox")
def archive_inbox(timestamp: int) -> None:
    """Many small transactions, so it is none itself."""
    archive.archive_loaded()


@subscribe(FORGOTTEN)
def rewrite_kept(forgetting_id: int) -> None:
    forgetting.rewrite_kept(forgetting_id)


@every("37 3 * * *")
def forget_times() -> None:
    times.forget_before(clock.now() - times.KEPT_FOR)
