"""A synthetic practice as a page, opened in the system's own headless browser."""

import csv
import io
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from orchestration.page.build import build_page

HERE = Path(__file__).parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Built:
    """A page and the database that it was rendered from."""

    path: Path
    database: Path

    @property
    def url(self) -> str:
        return self.path.as_uri()

    def query(self, sql: str, *parameters: object) -> list[tuple]:
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.execute(sql, list(parameters)).fetchall()


def build(folder: Path, encounters: int, *scripts: str) -> Built:
    """Build the page of a practice with so many waiting encounters."""
    database = folder / "practice.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute((HERE / "page_marts.sql").read_text())
        connection.execute(f"set variable encounters = {encounters}")
        for script in scripts:
            connection.execute((HERE / script).read_text())
    page = folder / "index.html"
    build_page(database, page)
    return Built(page, database)


@pytest.fixture(scope="session")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """320 waiting encounters."""
    return build(tmp_path_factory.mktemp("page"), 320, "page_synthetic.sql")


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """20,000 waiting encounters."""
    return build(tmp_path_factory.mktemp("large"), 20000, "page_synthetic.sql")


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Texts that try to run as script, markup or formula, and missing values."""
    return build(tmp_path_factory.mktemp("hostile"), 0, "page_hostile_synthetic.sql")


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Marts without a row."""
    return build(tmp_path_factory.mktemp("empty"), 0)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the system's Chromium; without one, skip here and fail in CI."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        reason = f"no browser found; install one of: {', '.join(BROWSERS)}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


Opener = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Opener]:
    """Open a page; afterwards it must have been silent and made no request."""
    contexts = []
    complaints: list[str] = []

    def note_message(kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            complaints.append(f"console {kind}: {text}")

    def opener(
        built: Built,
        address: str = "",
        *,
        width: int = 1440,
        height: int = 900,
        scheme: str = "light",
        script: bool = True,
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            java_script_enabled=script,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: note_message(message.type, message.text))
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.split("#")[0] == built.url
                else complaints.append(f"request: {request.url}")
            ),
        )
        page.goto(built.url + address)
        return page

    yield opener
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def download(tmp_path: Path) -> Callable[[Page], list[dict[str, str]]]:
    """Press the download button and read the file as CSV."""

    def press(page: Page) -> list[dict[str, str]]:
        with page.expect_download() as waiting:
            page.click("#download")
        assert waiting.value.suggested_filename.endswith(".csv")
        target = tmp_path / "worklist.csv"
        waiting.value.save_as(target)
        text = target.read_bytes().decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    return press


@pytest.fixture
def report(
    request: pytest.FixtureRequest, capfd: pytest.CaptureFixture[str]
) -> Callable[[str], None]:
    """Write a line that shows in the test run's output."""
    terminal = request.config.pluginmanager.get_plugin("terminalreporter")

    def write(text: str) -> None:
        with capfd.disabled():
            terminal.write_line(f"\n  {text}")

    return write
