"""Repositories of git and DVC, made by the real tools."""

import os
import subprocess
import sys

IDENTITY = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]
QUIET = {**os.environ, "DVC_NO_ANALYTICS": "1"}


def git(folder, *arguments):
    """Run git in a folder; return what it printed."""
    done = subprocess.run(["git", *IDENTITY, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(folder, message="more"):
    """Commit everything; return the revision."""
    git(folder, "add", "-A")
    git(folder, "commit", "-m", message)
    return git(folder, "rev-parse", "HEAD")


def dvc(folder, *arguments):
    """Run dvc in a folder."""
    command = [sys.executable, "-m", "dvc", *arguments]
    done = subprocess.run(command, cwd=folder, env=QUIET, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def write(folder, files):
    """Write texts by path below a folder; return the folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder
