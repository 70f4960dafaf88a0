"""What a worker does for imports."""

from pathlib import Path

from regulars.ground.jobs.service import every, subscribe
from regulars.know.imports import uploads


@subscribe(uploads.UPLOADED)
def read_file(import_id: int, path: str) -> None:
    uploads.read_upload(import_id, Path(path))


@every("47 3 * * *")
def forget_uploads() -> None:
    uploads.forget_uploads()
