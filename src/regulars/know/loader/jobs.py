"""What a worker does for the loader."""

from procrastinate.contrib.django import app

from regulars.know.loader import archive


@app.periodic(cron="*/10 * * * *")
@app.task(name="loader.archive_inbox", queueing_lock="loader.archive_inbox")
def archive_inbox(timestamp: int) -> None:
    """Many small transactions, so it is none itself."""
    archive.archive_loaded()
