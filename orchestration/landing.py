"""The landing folder: which files lie there, and are they fit to be read.

Names are taken literally and never as patterns. It leaves out what is in a file.
"""

import hashlib
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_UNFINISHED = (".part", ".tmp", ".filepart")
_HASH_BYTES = 1 << 20


class FileChangedError(Exception):
    """A file changed or vanished while it was read; it is left for the next run."""


class FileUnreadableError(Exception):
    """A file cannot be opened or read."""


@dataclass(frozen=True)
class FileState:
    """What tells without reading whether a file is as it was."""

    size: int
    modified_ns: int
    changed_ns: int

    @classmethod
    def of(cls, found: os.stat_result) -> "FileState":
        """Take the state from a stat result."""
        return cls(found.st_size, found.st_mtime_ns, found.st_ctime_ns)


@dataclass(frozen=True)
class LandedFile:
    """One file below the landing folder.

    `name` is its path relative to that folder, with bytes that are no text written
    as escapes; it identifies people and stays in data folders. `refusal` says in
    plain words why it is not read, None when it may be.
    """

    path: Path
    name: str
    state: FileState
    refusal: str | None = None

    @property
    def key(self) -> tuple[str, FileState]:
        """What must be the same for the file to be known."""
        return self.name, self.state


def landed_files(landing: Path) -> Iterator[LandedFile]:
    """Yield the files below a folder in the order of their names.

    Hidden files and unfinished uploads are passed over. A link that leads out of the
    folder, a pipe or a socket is yielded with its refusal.
    """
    root = landing.resolve()
    yield from _walk(root, root)


def passed_over_count(landing: Path) -> int:
    """Count what `landed_files` passes over below a folder; a folder counts as one."""
    count = 0
    for _, folders, files in os.walk(landing.resolve()):
        count += sum(map(_is_passed_over, folders + files))
        folders[:] = [name for name in folders if not _is_passed_over(name)]
    return count


def _is_passed_over(name: str) -> bool:
    """Tell whether a file or folder is hidden or an upload that is not finished."""
    return name.startswith(".") or name.lower().endswith(_UNFINISHED)


def _walk(folder: Path, root: Path) -> Iterator[LandedFile]:
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: os.fsencode(entry.name))
    except FileNotFoundError:
        return
    except OSError:
        yield _landed(folder, root, "the folder cannot be opened")
        return
    for entry in found:
        if _is_passed_over(entry.name):
            continue
        path = Path(entry.path)
        try:
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(path, root)
            elif not _is_link_to_folder_inside(path, root):
                yield _landed(path, root, _refusal(path, root))
        except FileNotFoundError:
            continue
        except OSError:
            refusal = "it cannot be looked at"
            yield LandedFile(path, _name(path, root), FileState(0, 0, 0), refusal)


def _is_link_to_folder_inside(path: Path, root: Path) -> bool:
    """Its files are met where they are."""
    if not path.is_symlink():
        return False
    target = Path(os.path.realpath(path))
    return target.is_relative_to(root) and target.is_dir()


def _refusal(path: Path, root: Path) -> str | None:
    if path.is_symlink():
        target = Path(os.path.realpath(path))
        if not target.is_relative_to(root):
            return "a link that leads out of the landing folder"
        if not target.exists():
            return "a link to nothing"
        path = target
    mode = path.stat().st_mode
    if stat.S_ISREG(mode):
        return None
    kinds = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
    return kinds.get(stat.S_IFMT(mode), "a device")


def _landed(path: Path, root: Path, refusal: str | None) -> LandedFile:
    found = path.lstat() if refusal else path.stat()
    return LandedFile(path, _name(path, root), FileState.of(found), refusal)


def _name(path: Path, root: Path) -> str:
    return os.fsencode(path.relative_to(root)).decode("utf-8", "backslashreplace")


def is_settled(file: LandedFile, settle_seconds: float) -> bool:
    """Tell whether a file last changed at least so many seconds ago.

    The time of change is the machine's own; the time of modification may be the
    sender's, and in the future.
    """
    return time.time() - file.state.changed_ns / 1e9 >= settle_seconds


def wait_for_rest(landing: Path, settle_seconds: float) -> None:
    """Give files that are just arriving time to settle: once, `settle_seconds`."""
    if not all(is_settled(file, settle_seconds) for file in landed_files(landing)):
        time.sleep(settle_seconds)


def open_landed(file: LandedFile) -> BinaryIO:
    """Open a file for reading, without waiting if it became a pipe meanwhile.

    Raises FileChangedError when it is not as it was found, FileUnreadableError when
    it cannot be opened.
    """
    try:
        descriptor = os.open(
            os.path.realpath(file.path), os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW
        )
    except (FileNotFoundError, NotADirectoryError):
        raise FileChangedError from None
    except OSError:
        raise FileUnreadableError from None
    try:
        opened = os.fdopen(descriptor, "rb")
    except IsADirectoryError:
        os.close(descriptor)
        raise FileChangedError from None
    try:
        require_unchanged(file, opened)
    except FileChangedError:
        opened.close()
        raise
    return opened


def require_unchanged(file: LandedFile, opened: BinaryIO) -> None:
    """Raise FileChangedError when an open file is no longer as it was found."""
    found = os.fstat(opened.fileno())
    if not stat.S_ISREG(found.st_mode) or FileState.of(found) != file.state:
        raise FileChangedError


def unread_id(file: LandedFile) -> str:
    """Return what stands in for the content of a file that cannot be read.

    It is 64 hex digits made of the name and state, so it changes when they do.
    """
    return hashlib.sha256(repr(("not read", *file.key)).encode()).hexdigest()


def content_id(file: LandedFile) -> str:
    """Return the sha256 of a file's bytes as 64 hex digits.

    Raises FileChangedError, or FileUnreadableError when it cannot be read.
    """
    digest = hashlib.sha256()
    with open_landed(file) as opened:
        try:
            while piece := opened.read(_HASH_BYTES):
                digest.update(piece)
        except OSError:
            raise FileUnreadableError from None
        require_unchanged(file, opened)
    return digest.hexdigest()
