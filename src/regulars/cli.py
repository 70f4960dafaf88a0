"""`regulars`: run the system, bring data in, make users. Every command is thin: rooms do the work.

Django's settings come from the data folder and the environment, so nothing of Django is imported
before a command has set both.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from regulars.ground.kit.errors import UserError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Regulars 熟客: member operations for chain retail.",
)
tags_app = typer.Typer(no_args_is_help=True, help="Definitions of tags as files.")
app.add_typer(tags_app, name="tags")
out = Console()

Data = Annotated[Path, typer.Option("--data", help="The data folder.", envvar="REGULARS_DATA")]
Port = Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65535)]
Host = Annotated[str, typer.Option(help="The address to listen on.")]
DEFAULT_DATA = Path("var/data")


@app.command()
def up(data: Data = DEFAULT_DATA, host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Start the whole system and watch over it; Ctrl-C stops it."""
    from regulars.ground.processes.service import up as run

    _stand_on(data)
    run(data, host=host, port=port)


@app.command()
def demo(
    chain: Annotated[
        str, typer.Option(help="journey: real baskets; simulated: a made-up chain.")
    ] = "journey",
    data: Annotated[Path | None, typer.Option("--data", help="The demo's data folder.")] = None,
    host: Host = "127.0.0.1",
    port: Port = 8000,
) -> None:
    """Bring up the system with a demo's data in it, and print its sign-ins."""
    from regulars.demo import run as demos
    from regulars.ground.processes.service import up as run

    folder = (data or Path("var") / f"demo-{chain}").resolve()
    # Another process: the data bring the chain's settings, which a process reads but once.
    writing = [sys.executable, "-m", "regulars.cli", "demo-data", chain, str(folder)]
    if code := subprocess.run(writing, check=False).returncode:
        raise typer.Exit(code)
    _stand_on(folder)

    def load(address: str) -> None:
        _start_django()
        with _progress() as progress:
            demos.load(folder, progress)
        out.print(demos.welcome(folder, address))

    run(folder, host=host, port=port, when_ready=load)


@app.command("demo-data", hidden=True)
def demo_data(chain: str, folder: Path) -> None:
    """Write a demo's files into its data folder, unless they are there."""
    from regulars.demo.run import write_data

    _start_bare_django()
    with _progress() as progress:
        write_data(chain, folder, progress)


@app.command("import")
def import_(
    path: Annotated[Path, typer.Argument(help="A file, or a folder of files named by kind.")],
    data: Data = DEFAULT_DATA,
    kind: Annotated[str | None, typer.Option(help="What a single file holds.")] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="A file that maps other column names.")
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Check everything, change nothing.")] = False,
) -> None:
    """Import stores, staff, products, members, orders and lines; see docs/guides/import.md."""
    with _attached(data) as loads_here, _progress() as progress:
        from regulars.know.imports import service

        chosen = service.read_mapping(mapping) if mapping else {}
        report = service.rehearsed if dry_run else service.imported
        lines, is_whole = report(path, kind, chosen, progress, loads_here=loads_here)
    out.print("\n".join(lines), highlight=False, markup=False)
    if not is_whole:
        raise typer.Exit(1)


@app.command()
def simulate(
    folder: Annotated[Path, typer.Argument(metavar="OUT", help="A new folder to write into.")],
    members: Annotated[int, typer.Option(min=1)] = 20_000,
    stores: Annotated[int, typer.Option(min=1)] = 40,
    days: Annotated[int, typer.Option(min=1)] = 730,
    seed: int = 1,
    end: Annotated[str, typer.Option(help="The last day, like 2026-10-31.")] = "2026-10-31",
    plant: Annotated[Path | None, typer.Option(help="A TOML file of causes to plant.")] = None,
    stock_days: Annotated[int, typer.Option(help="Days of stock to write, counted back.")] = 0,
) -> None:
    """Write a simulated mother-and-baby chain in the import layout."""
    from regulars.demo.simulate import simulate as write

    _start_bare_django()
    with _progress() as progress:
        write(
            folder, members=members, stores=stores, days=days, seed=seed,
            end=date.fromisoformat(end), plant=plant, stock_days=stock_days, progress=progress,
        )  # fmt: skip
    out.print(f"The chain is in {folder}; the truth about it in {folder / 'truth.json'}.")


@app.command()
def user(
    username: str,
    role: Annotated[str, typer.Option(help="administrator, operations, store_manager …")],
    node: Annotated[str, typer.Option(help="Code of a region, branch or store.")] = "",
    data: Data = DEFAULT_DATA,
) -> None:
    """Make a user; the password is asked for."""
    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    with _attached(data):
        from regulars.ground.accounts.service import create_user
        from regulars.ground.org.service import get_node

        create_user(None, username, password, role, node=get_node(node) if node else None)
        out.print(f"{username} can sign in as {role}.")


@app.command()
def token(username: str, data: Data = DEFAULT_DATA) -> None:
    """Print a new API token with the user's own scope; it is shown once."""
    with _attached(data):
        from regulars.ground.accounts.service import get_user, issue_token

        out.print(issue_token(None, get_user(username)), highlight=False, soft_wrap=True)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not be there.")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Write both stores, the archive and the settings into one file; the system may be up."""
    with _attached(data), _progress() as progress:
        from regulars.know.loader.backup import backup as write

        write(file, progress)
    out.print(f"The backup is in {file}.")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that “regulars backup” wrote.")],
    data: Data = DEFAULT_DATA,
    only: Annotated[
        str, typer.Option(help="database or warehouse: that store alone; the next start mends.")
    ] = "",
) -> None:
    """Put a backup in the place of what a data folder holds; the system must be down."""
    _stand_on(data)
    _start_bare_django()
    from regulars.know.loader.restore import restore as put_back

    put_back(file, data.resolve(), only)
    out.print(f"{file} is restored to {data}.")


@app.command()
def rebuild(data: Data = DEFAULT_DATA) -> None:
    """Make the warehouse again from all that ever came in; the system may be up."""
    with _attached(data, prepares=False), _progress() as progress:
        from regulars.know.loader.rebuild import rebuild as make_again

        count = make_again(progress)
    out.print(f"The warehouse is made again from {count} batches.")


@tags_app.command("export")
def export_tags(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write.")] = Path("tags"),
    data: Data = DEFAULT_DATA,
    subject: Annotated[str, typer.Option(help="member, product, store or staff alone.")] = "",
) -> None:
    """Write the tags in force as TOML files, one a subject and group."""
    with _attached(data, prepares=False):
        from regulars.know.tags import files

        written, others = files.write(folder, files.subjects_named(subject))
        lines = files.said_of_files(written, others)
    out.print("\n".join(lines), highlight=False, markup=False)


@tags_app.command("import")
def import_tags(
    path: Annotated[Path, typer.Argument(help="A TOML file, or a folder of them.")],
    data: Data = DEFAULT_DATA,
    dry_run: Annotated[bool, typer.Option(help="Check everything, change nothing.")] = False,
) -> None:
    """Make and change tags as files tell them: all of them or none."""
    with _attached(data, prepares=False):
        from regulars.know.tags import files

        outcome = files.take_in(None, files.texts_in(path), is_rehearsal=dry_run)
        lines = files.said_of(outcome, is_rehearsal=dry_run)
    out.print("\n".join(lines), highlight=False, markup=False)


@app.command()
def close(
    month: Annotated[str, typer.Argument(help="The month, such as 2026-10.")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Close a month once more: its numbers as they stand now, beside those of earlier closings.

    Months are closed by themselves three days after they end.
    """
    with _attached(data, prepares=False):
        from regulars.understand.metrics.service import close_month, month_named

        closing = close_month(month_named(month))
    out.print(f"{closing} is closed, version {closing.version}.")


def main() -> None:
    """Wrong input is answered with one clear line, never with a traceback."""
    try:
        app()
    except UserError as error:
        _start_whatever_is_left()
        Console(stderr=True).print(Text.assemble(("✗ ", "bold red"), str(error)), soft_wrap=True)
        sys.exit(2)


def _start_whatever_is_left() -> None:
    """An error's text is translated only now, however early it was raised."""
    from django.conf import settings

    if not settings.configured:
        _start_bare_django()


def _stand_on(data: Path) -> None:
    os.environ["REGULARS_DATA"] = str(data.resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")


def _start_django() -> None:
    import django

    django.setup()
    _speak()


def _start_bare_django() -> None:
    """Translations alone, for work that belongs to no deployment."""
    from django.conf import settings

    settings.configure(LOCALE_PATHS=[Path(__file__).parent / "locale"], USE_I18N=True)
    _start_django()


def _speak() -> None:
    """The language of whoever sits at this terminal; as everywhere, LC_ALL comes before LANG."""
    from django.utils import translation

    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG", "")
    translation.activate("zh-hans" if locale.startswith("zh") else "en")


@contextmanager
def _attached(data: Path, *, prepares: bool = True) -> Iterator[bool]:
    """Beside the running system, or with the stores opened for this command alone: whether so.
    Without `prepares` the warehouse is left as it is, which may be broken."""
    from regulars.ground.processes.service import attached

    _stand_on(data)
    with attached(data.resolve()) as environment:
        os.environ.update(environment)
        _start_django()
        is_alone = "REGULARS_WAREHOUSE" not in environment
        if is_alone:
            _prepare_database()
            if prepares:
                _prepare_warehouse()
        yield is_alone


def _prepare_database() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def _prepare_warehouse() -> None:
    from regulars.know.loader.rebuild import mend
    from regulars.know.loader.service import prepare

    prepare()
    mend()


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar a step, as `kit.progress.Progress` wants it."""
    columns: list[Any] = [
        TextColumn("{task.description:<28}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    ]
    with Progress(*columns, console=out) as bars:
        tasks: dict[str, Any] = {}

        def report(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=total)
            bars.update(tasks[step], completed=done, total=total)

        yield report


if __name__ == "__main__":
    main()
