"""What every test shares: no settings from outside, the sample files, the browser."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT_DIR = Path(__file__).resolve().parent.parent
SAMPLE_DIR = PROJECT_DIR.parent / "shared" / "data"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `make limits` and `make recovery` do more than every run can."""
    parser.addoption("--orders", type=int, default=2, help="orders of daily drops")
    parser.addoption("--kills", type=int, default=4, help="kills during a load")
    parser.addoption("--encounters", type=int, help="visits to simulate")
    parser.addoption("--seed", type=int, help="of what is simulated")


@pytest.fixture(scope="session", autouse=True)
def no_settings_from_outside() -> Iterator[None]:
    """Hide a developer's own CHARTGAP_* variables from every test."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("CHARTGAP_")]:
            patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def sample_dir() -> Path:
    """Return the folder of sample files, which is not part of the project."""
    if not SAMPLE_DIR.is_dir():
        pytest.skip("the sample files (../shared/data) are not on this machine")
    return SAMPLE_DIR


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of the browser; CI installs one, so it must be there."""
    found = shutil.which("chromium")
    if found is None and os.environ.get("CI"):
        pytest.fail("no chromium on PATH, though .ci/run installs it")
    if found is None:
        pytest.skip("no chromium on PATH (Debian: apt-get install chromium)")
    return found
