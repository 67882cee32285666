"""The sources that git does not know of: which of them are kept with a run, and the zip that they are kept in."""

import io
import os
import re
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

FILE_LIMIT, TOTAL_LIMIT, COUNT_LIMIT = 1_000_000, 20_000_000, 1000  # bytes, bytes, files
CODE = (".py", ".pyi", ".pyx", ".sh", ".bash", ".c", ".cc", ".cpp", ".cu", ".cuh", ".h", ".hpp", ".rs", ".sql")
SETTINGS = (".yaml", ".yml", ".toml", ".cfg", ".ini", ".json", ".dvc", ".j2")
NAMES = ("Makefile", "Dockerfile", "dvc.lock", ".dvcignore", ".gitignore", "requirements.txt", "constraints.txt")
OWN = ("runs", "mlruns", "mlartifacts", ".trainyard", "outputs", "multirun")  # below the project root
INSTALLED = {"site-packages", "node_modules", "__pycache__", ".git"}

SECRET_FOLDERS = {".ssh", ".aws", ".gnupg", ".kube", ".docker"}
SECRET_NAME = re.compile(
    r"^\.env|\.env$|secret|credential|passwo?r?d|netrc|htpasswd|pgpass|service.?account|id_(rsa|dsa|ecdsa|ed25519)"
    r"|\.(pem|key|p12|pfx|jks|keytab|ppk)$",
    re.IGNORECASE,
)
SECRET_CODE = re.compile(r"^(secrets?|credentials?|passwords?)\.", re.IGNORECASE)
SECRET = re.compile(
    rb"-----BEGIN [A-Z ]*PRIVATE KEY|\b(AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_\w{30}|\bgithub_pat_\w{22}"
    rb"|\bglpat-[\w-]{20}|\bxox[abprs]-[\w-]{10}|\bhf_\w{30}|\bsk-[\w-]{20}|://[^/\s:@{}$<*]+:[^/\s@{}$<*]+@"
)
SECRET_SETTING = re.compile(
    rb"(?im)^[\s{,-]*[\"']?[\w.-]*(password|passwd|secret|token|api_?key|private_?key|access_?key)[\"']?"
    rb"\s*[:=]\s*[\"']?(?!null|none|true|false)[^\s\"',}$<*?\[{][^\s\"',}]{5}"
)


@dataclass(frozen=True)
class Source:
    """A file as it is kept: its bytes, and whether it can be executed."""

    content: bytes
    executable: bool


def select(
    top: Path, names: Sequence[str], *, own: Sequence[Path]
) -> tuple[dict[str, Source], dict[str, tuple[str, ...]]]:
    """Return the sources among untracked files, by name in order, and the names of the others by the reason.

    `names` are relative to `top`; `own` are the folders below which runs leave their files. Kept are source code and
    settings of at most 1 MB each, 1000 files and 20 MB together, code before settings and small files first; never
    conf/local, nor what looks like a secret.
    """
    left_out: dict[str, list[str]] = {}
    sizes: dict[str, int] = {}
    for name in names:
        path = top / name
        reason = _reason_by_name(name, path, own) or _reason_by_kind(path)
        if reason is None:
            sizes[name] = path.stat().st_size
        else:
            left_out.setdefault(reason, []).append(name)
    kept: dict[str, Source] = {}
    total = 0
    for name in sorted(sizes, key=lambda name: (not name.endswith(CODE), sizes[name], name)):
        if len(kept) == COUNT_LIMIT or total + sizes[name] > TOTAL_LIMIT:
            left_out.setdefault("beyond 1000 files or 20 MB together", []).append(name)
        elif (source := _read(top / name)) is None:
            left_out.setdefault("cannot be read", []).append(name)
        elif _holds_secret(name, source.content):
            left_out.setdefault("may hold a secret", []).append(name)
        else:
            kept[name], total = source, total + len(source.content)
    return dict(sorted(kept.items())), {reason: tuple(sorted(names)) for reason, names in sorted(left_out.items())}


def pack(sources: Mapping[str, Source]) -> bytes:
    """Return a zip of the sources: equal bytes for equal sources, on every machine (stored, without times)."""
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, source in sources.items():
            entry = zipfile.ZipInfo(name)
            entry.create_system = 3  # Unix, which has the modes
            entry.external_attr = (stat.S_IFREG | (0o755 if source.executable else 0o644)) << 16
            archive.writestr(entry, source.content)
    return packed.getvalue()


def _reason_by_name(name: str, path: Path, own: Sequence[Path]) -> str | None:
    parts = name.split("/")
    is_code = name.endswith(CODE)
    if INSTALLED & set(parts):
        return "installed, or made by tools"
    if any(folder in path.parents and path.relative_to(folder).parts[0] in OWN for folder in own):
        return "left by runs"
    if ("conf", "local") in pairwise(parts):
        return "choices of this machine"
    if SECRET_FOLDERS & set(parts) or (SECRET_CODE if is_code else SECRET_NAME).search(parts[-1]):
        return "may hold a secret"
    if name.endswith("/") or not (is_code or name.endswith(SETTINGS) or parts[-1] in NAMES):
        return "no source"
    return None


def _reason_by_kind(path: Path) -> str | None:
    try:
        found = path.lstat()
    except OSError:
        return "cannot be read"
    if not stat.S_ISREG(found.st_mode):
        return "a link"
    return "larger than 1 MB" if found.st_size > FILE_LIMIT else None


def _read(path: Path) -> Source | None:
    try:
        return Source(path.read_bytes(), os.access(path, os.X_OK))
    except OSError:
        return None


def _holds_secret(name: str, content: bytes) -> bool:
    return bool(SECRET.search(content) or (not name.endswith(CODE) and SECRET_SETTING.search(content)))
