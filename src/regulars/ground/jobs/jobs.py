"""The room's own housekeeping."""

from datetime import timedelta

from procrastinate import JobContext
from procrastinate.contrib.django import app

from regulars.ground.jobs.models import Event
from regulars.ground.jobs.service import every
from regulars.ground.kit import clock

KEPT_FOR = timedelta(days=30)


@app.periodic(cron="* * * * *")
@app.task(name="jobs.retry_stalled", queueing_lock="jobs.retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Put the jobs of killed workers back in the queue: theirs is no heartbeat for 30 s."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        await manager.retry_job(job)


@app.periodic(cron="17 3 * * *")
@app.task(name="jobs.forget_finished", queueing_lock="jobs.forget_finished", pass_context=True)
async def forget_finished(context: JobContext, timestamp: int) -> None:
    """Failed jobs stay: someone should look at them."""
    hours = int(KEPT_FOR.total_seconds() // 3600)
    await context.app.job_manager.delete_old_jobs(nb_hours=hours, include_cancelled=True)


@every("27 3 * * *")
def forget_events() -> None:
    Event.objects.filter(published_at__lt=clock.now() - KEPT_FOR).delete()
