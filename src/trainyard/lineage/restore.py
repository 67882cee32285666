"""The code of a run, put back: what was not committed and what git did not know, on top of a checkout."""

import os
import stat
import subprocess
import zipfile
from pathlib import Path, PurePosixPath

from trainyard.errors import TrainyardError
from trainyard.lineage.untracked import FILE_LIMIT, TOTAL_LIMIT


def restore_code(folder: Path, diff: Path | None, archive: Path | None) -> None:
    """Apply a run's `code.diff` and unpack its `untracked.zip` in `folder`; a file that is not there counts as empty.

    `folder` is the top of a checkout at the run's revision, in which nothing is changed. Nothing is written outside of
    it, nor through a link in it, nor into a `.git`, whatever the two files hold. Raises TrainyardError where the diff
    does not apply or the archive is damaged, unsafe, or in conflict with a file that is there.
    """
    if diff is not None and diff.is_file() and diff.stat().st_size:
        _apply(folder, diff)
    if archive is not None and archive.is_file():
        _unpack(folder, archive)


def _apply(folder: Path, diff: Path) -> None:
    command = ["git", "-c", "core.autocrlf=false", "apply", "--binary", "--whitespace=nowarn", str(diff.absolute())]
    # a folder inside of another repository is a place of its own
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    env["GIT_CEILING_DIRECTORIES"] = str(folder.absolute().parent)
    try:
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, check=False)
    except OSError as error:
        raise TrainyardError(f"{diff} cannot be applied: git does not run here ({error}).") from error
    if done.returncode:
        first = done.stderr.decode(errors="replace").strip().splitlines()[:1]
        raise TrainyardError(
            f"{diff} does not apply in {folder}: {''.join(first) or 'git apply failed'}. Is it a clean checkout of the "
            "run's revision?"
        )


def _unpack(folder: Path, archive: Path) -> None:
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = opened.infolist()
            if sum(entry.file_size for entry in entries) > TOTAL_LIMIT:
                raise TrainyardError(f"{archive} holds more than {TOTAL_LIMIT // 10**6} MB, which no run keeps.")
            targets = [_target(folder, archive, entry) for entry in entries]
            for entry, target in zip(entries, targets, strict=True):
                _write(target, opened.read(entry), archive, executable=bool(entry.external_attr >> 16 & stat.S_IXUSR))
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError) as error:
        raise TrainyardError(f"{archive} is damaged: {error}.") from error
    except OSError as error:
        raise TrainyardError(f"{archive} cannot be unpacked in {folder}: {error}.") from error


def _target(folder: Path, archive: Path, entry: zipfile.ZipInfo) -> Path:
    """Return where an entry goes; raise TrainyardError for one that no run would have kept."""
    name = PurePosixPath(entry.filename)
    mode = entry.external_attr >> 16
    outside = not name.parts or name.is_absolute() or ".." in name.parts or "\\" in entry.filename
    special = entry.is_dir() or stat.S_IFMT(mode) not in (0, stat.S_IFREG) or entry.file_size > FILE_LIMIT
    if outside or special or ".git" in (part.lower() for part in name.parts):
        raise TrainyardError(f"{archive} is none that a run wrote: it holds {entry.filename!r}. Nothing is unpacked.")
    target = folder / name
    if any(above.is_symlink() for above in [target, *target.parents][: len(name.parts)]):
        raise TrainyardError(f"{archive}: {entry.filename} would be written through a link in {folder}.")
    return target


def _write(target: Path, content: bytes, archive: Path, *, executable: bool) -> None:
    if target.exists():
        if target.is_file() and target.read_bytes() == content:
            return
        raise TrainyardError(f"{target} is there already and differs from what {archive} holds; take a clean checkout.")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    if executable:
        target.chmod(target.stat().st_mode | 0o111)
