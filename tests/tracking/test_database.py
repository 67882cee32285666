"""MLflow's database is whole or not there."""

import sqlite3

import pytest

from trainyard.tracking.database import ensure_database, is_made


@pytest.fixture
def _mlflow(empty_database):
    """MLflow imported, with its warnings behind it."""


@pytest.mark.usefixtures("_mlflow")
def test_a_process_that_dies_while_it_makes_tables_leaves_no_half(tmp_path, monkeypatch):
    from mlflow.store.tracking import sqlalchemy_store

    def die(uri, artifacts):
        sqlite3.connect(uri.removeprefix("sqlite:///")).execute("create table half (a)").connection.close()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sqlalchemy_store, "SqlAlchemyStore", die)
        with pytest.raises(KeyboardInterrupt):
            ensure_database(tmp_path / "mlflow.db", tmp_path)
    assert not is_made(tmp_path / "mlflow.db")


@pytest.mark.usefixtures("_mlflow")
@pytest.mark.filterwarnings("ignore::UserWarning")  # Alembic on MLflow's tables
def test_database_and_files_lie_at_the_root_wherever_one_stands(tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    (tmp_path / "mlflow.db").touch()  # an empty file is no database
    ensure_database(tmp_path / "mlflow.db", tmp_path / "mlartifacts")
    assert is_made(tmp_path / "mlflow.db")
    with sqlite3.connect(tmp_path / "mlflow.db") as connection:
        rows = connection.execute("select name, artifact_location from experiments").fetchall()
    connection.close()
    assert rows == [("Default", f"file://{tmp_path}/mlartifacts/0")]
    assert list((tmp_path / "elsewhere").iterdir()) == []
    before = (tmp_path / "mlflow.db").stat().st_mtime_ns
    ensure_database(tmp_path / "mlflow.db", tmp_path / "mlartifacts")
    assert (tmp_path / "mlflow.db").stat().st_mtime_ns == before
