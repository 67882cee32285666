"""The environment that a run was made in: Python, packages, machine."""

import json
import os
import platform
import sys
import sysconfig
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from trainyard.files import write_text


def read_environment(memory: Path) -> dict[str, Any]:
    """Return Python, platform, CPU, memory and the installed packages with their versions.

    Listing packages takes a tenth of a second, so the list is kept in `memory`/packages.json for as long as no folder
    of packages has changed.
    """
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "packages": installed_packages(memory / "packages.json"),
    }


def installed_packages(cache: Path) -> dict[str, str]:
    """Return name -> version of every installed package, from `cache` where it is still right."""
    state = _state()
    try:
        known = json.loads(cache.read_text(encoding="utf-8"))
        if known["state"] == state:
            return dict(known["packages"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # not there, or written by another version: it is made anew
    packages = dict(sorted((found.name.lower(), found.version) for found in distributions() if found.name))
    write_text(cache, json.dumps({"state": state, "packages": packages}))
    return packages


def _state() -> dict[str, int]:
    folders = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *sys.path}
    return {folder: os.stat(folder).st_mtime_ns for folder in sorted(folders) if os.path.isdir(folder)}


def cpu_model() -> str:
    """Return the name of the CPU, as the system gives it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
