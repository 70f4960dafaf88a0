"""The warehouse made again holds the same, and nothing is told twice."""

from datetime import timedelta

import pytest
from tests.know.loader.conftest import contents, line, send, telling

from regulars.know.collect.models import Batch
from regulars.know.loader import archive
from regulars.know.loader.rebuild import rebuild

pytestmark = pytest.mark.django_db
AT_ONCE = timedelta(0)


@pytest.mark.usefixtures("past")
@pytest.mark.parametrize("is_archived", [False, True])
def test_a_rebuilt_warehouse_holds_what_the_first_one_held(is_archived: bool) -> None:
    before, told = contents(), telling()
    if is_archived:
        assert archive.archive_loaded(AT_ONCE) == Batch.objects.exclude(archive="").count() > 9
        assert not Batch.objects.filter(raw__isnull=False).exists()
        assert not Batch.objects.filter(body__isnull=False).exists()
    assert rebuild() == before["loaded_batches"]["n"]
    assert contents() == before
    assert telling() == told


@pytest.mark.usefixtures("past")
def test_loading_goes_on_in_a_rebuilt_warehouse() -> None:
    rebuild()
    send(line("A1", version=2, cents=5), line("A9", cents=11))
    after = contents()
    archive.archive_loaded(AT_ONCE)
    rebuild()
    assert contents() == after
