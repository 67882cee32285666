"""The bytes that a run read, found again by their digest: where they lay, in DVC's cache, or on a DVC remote."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trainyard.lineage.folder import path_md5

CACHE = Path("files") / "md5"
SECONDS = 3600.0


def restore_data(file: Mapping[str, Any], root: Path, into: Path) -> Path | None:
    """Return a path with the bytes of a file or folder of a run's lineage, None where they are not to be found.

    They are taken from where they lay, if they still are what was read; else from DVC's cache at `root`, where a remote
    is asked for them if need be. From the cache they are copied into the folder `into`.
    """
    lay, digest = Path(file["path"]), str(file["digest"])
    if lay.exists() and path_md5(lay, root / ".trainyard" / "digests") == digest:
        return lay
    cache = cache_folder(root)
    if cache is None:
        return None
    target = into / digest[:8] / lay.name
    if _from_cache(cache, digest, target) or (_fetch(root, digest) and _from_cache(cache, digest, target)):
        return target if path_md5(target) == digest else None
    return None


def cache_folder(root: Path) -> Path | None:
    """Return DVC's cache of the project, None where it has none."""
    if not (root / ".dvc").is_dir():
        return None
    done = subprocess.run(
        [sys.executable, "-m", "dvc", "cache", "dir"], cwd=root, env=_quiet(), capture_output=True, text=True,
        timeout=SECONDS, check=False,
    )  # fmt: skip
    return Path(done.stdout.strip()) if done.returncode == 0 and done.stdout.strip() else None


def _from_cache(cache: Path, digest: str, target: Path) -> bool:
    """Copy a file or folder out of the cache; False where the cache lacks it or a part of it."""
    import json

    source = _place(cache, digest)
    if not source.is_file():
        return False
    if not digest.endswith(".dir"):
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        return True
    entries = json.loads(source.read_text(encoding="utf-8"))
    places = {target / entry["relpath"]: _place(cache, entry["md5"]) for entry in entries}
    if not all(place.is_file() for place in places.values()):
        return False
    for path, place in places.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(place, path)
    return True


def _place(cache: Path, digest: str) -> Path:
    return cache / CACHE / digest[:2] / digest[2:]


FETCH = """
import json, sys
from dvc.repo import Repo
from dvc_data.hashfile.hash_info import HashInfo
root, digest = sys.argv[1:]
with Repo(root) as repo:
    repo.cloud.pull([HashInfo("md5", digest)])
    if digest.endswith(".dir"):
        with open(repo.cache.local.oid_to_path(digest)) as listing:
            repo.cloud.pull([HashInfo("md5", entry["md5"]) for entry in json.load(listing)])
"""


def _fetch(root: Path, digest: str) -> bool:
    """Ask the default remote for a digest; whether it answered with it."""
    done = subprocess.run(
        [sys.executable, "-c", FETCH, str(root), digest], env=_quiet(), capture_output=True, timeout=SECONDS,
        check=False,
    )  # fmt: skip
    return done.returncode == 0


def _quiet() -> dict[str, str]:
    return {**os.environ, "DVC_NO_ANALYTICS": "1", "PYTHONWARNINGS": "ignore"}
