"""MLflow's SQLite database, whole or not there: made by one process while every other that would make it waits."""

from pathlib import Path

from trainyard.errors import TrainyardError
from trainyard.files import replacing
from trainyard.tracking.lock import FileLock

FIRST_USE_SECONDS = 120.0


def ensure_database(file: Path, artifacts: Path) -> None:
    """Make the tables in `file` if there are none; MLflow's Default experiment keeps its files below `artifacts`.

    Left to itself MLflow lets two processes make tables in one file, of which one fails, leaves half of them when it is
    killed meanwhile, and nails the files of Default to the current folder.
    """
    if is_made(file):
        return
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    lock = FileLock(file.with_name(f"{file.name}.lock"))
    if not lock.acquire(FIRST_USE_SECONDS):
        raise TrainyardError(f"{lock.path} was locked by another process for {FIRST_USE_SECONDS:.0f} s.")
    try:
        if not is_made(file):
            with replacing(file) as partial:
                store = SqlAlchemyStore(f"sqlite:///{partial}", artifacts.as_uri())  # type: ignore[no-untyped-call]
                store.engine.dispose()
    finally:
        lock.release()


def is_made(file: Path) -> bool:
    """Whether there is a database, with all its tables."""
    return file.exists() and file.stat().st_size > 0
