"""A file brought at the console: the good rows go in, the bad one comes back with its reason."""

import csv
from pathlib import Path

import pytest
from tests.browser.visitor import CHINESE, ENGLISH, Visit

WORDS = {ENGLISH: ("File", "Import", "done"), CHINESE: ("文件", "导入", "完成")}
REASONS = {ENGLISH: "This is not a whole number.", CHINESE: "不是整数"}


def products(path: Path, mark: str) -> Path:
    """A file of three products, the second with nonsense in a number."""
    rows = ("1", "soon", "30")
    lines = [f"P-{mark}-{n},Thing {n},UNLISTED,{days}\n" for n, days in enumerate(rows, 1)]
    path.write_text("product_id,name,category,replenish_days\n" + "".join(lines), "utf-8")
    return path


@pytest.mark.parametrize("language", [ENGLISH, CHINESE])
def test_a_bad_row_is_set_aside_with_its_line_and_reason_while_the_rest_goes_in(
    visit: Visit, tmp_path: Path, language: str
) -> None:
    hq = visit("hq", language)
    label, button, done = WORDS[language]
    hq.open("/imports/")
    file = products(tmp_path / "products.csv", language)
    hq.page.get_by_label(label, exact=True).set_input_files(file)
    hq.find("button", button).click()
    hq.page.wait_for_url("**/imports/*/")
    hq.page.get_by_text(done, exact=True).wait_for(timeout=30_000)
    row = hq.rows
    assert row.count() == 1
    told = row.inner_text()
    assert "3" in told
    assert "replenish_days" in told
    assert "soon" in told
    assert REASONS[language] in told
    with hq.page.expect_download() as download:
        hq.page.locator("a[href$='rejects.csv']").click()
    download.value.save_as(tmp_path / "rejects.csv")
    with (tmp_path / "rejects.csv").open(encoding="utf-8-sig") as rejects:
        (refused,) = csv.DictReader(rejects)
    assert (refused["#line"], refused["#column"], refused["#value"]) == (
        "3",
        "replenish_days",
        "soon",
    )
    assert REASONS[language] in refused["#reason"]
    assert refused["product_id"] == f"P-{language}-2"
    hq.open(f"/catalog/P-{language}-3/")
    assert hq.heading == "Thing 3"
    hq.open("/imports/")
    hq.page.get_by_label(label, exact=True).set_input_files(file)
    hq.find("button", button).click()
    hq.page.wait_for_url("**/imports/*/")
    assert hq.page.get_by_role("status").is_visible()


@pytest.mark.parametrize("language", [ENGLISH, CHINESE])
def test_a_wrong_file_is_refused_where_it_was_chosen_and_nothing_is_kept(
    visit: Visit, tmp_path: Path, language: str
) -> None:
    hq = visit("hq", language)
    label, button, _done = WORDS[language]
    wrong = {
        "members.csv": (b"member,joined_on\n1,2017-01-01\n", "member_id"),
        "stores.xlsx": (b"this is no workbook", "stores.xlsx"),
        "lines.parquet": (b"PAR1 and nothing more", "lines.parquet"),
        "orders.csv": (b"order_id,sold_at,store_id\n1,2017-01-01,1\n", ""),
        "whatever.csv": (b"a,b\n1,2\n", "whatever.csv"),
    }
    hq.open("/imports/")
    before = hq.rows.count()
    for name, (content, named) in wrong.items():
        file = tmp_path / name
        file.write_bytes(content)
        hq.open("/imports/")
        hq.page.get_by_label(label, exact=True).set_input_files(file)
        hq.find("button", button).click()
        hq.settle()
        alert = hq.page.get_by_role("alert").first.inner_text()
        assert named in alert, (name, alert)
        assert any("一" <= letter <= "鿿" for letter in alert) == (language == CHINESE), alert
    hq.open("/imports/")
    assert hq.rows.count() == before
