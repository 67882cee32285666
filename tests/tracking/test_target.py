"""Where runs are tracked, and that no password is told to a file."""

from pathlib import Path

import pytest

from trainyard.config.schema.run import Tracking
from trainyard.errors import ConfigError
from trainyard.tracking.target import Target, resolve, target


def test_local_is_the_database_at_the_root(tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    found = resolve(Tracking(), tmp_path, {})
    assert found.uri == f"sqlite:///{tmp_path}/mlflow.db"
    assert found.database == tmp_path / "mlflow.db"
    assert found.artifacts == tmp_path / "mlartifacts"


def test_variable_is_honored(tmp_path):
    env = {"MLFLOW_TRACKING_URI": "http://host:5000"}
    assert resolve(Tracking(), tmp_path, env).uri == "http://host:5000"
    assert resolve(Tracking(name="server"), tmp_path, env).uri == "http://host:5000"
    assert resolve(Tracking(name="server", uri="http://other"), tmp_path, env).uri == "http://other"
    assert resolve(Tracking(name="off"), tmp_path, env) is None


def test_a_server_chooses_the_place_of_files_itself(tmp_path):
    assert target("http://host:5000", tmp_path).artifacts is None
    assert target("postgresql://host/db", tmp_path).artifacts == tmp_path / "mlartifacts"
    assert target("databricks", tmp_path).artifacts is None


def test_server_without_address_and_a_folder_are_refused(tmp_path):
    with pytest.raises(ConfigError) as none:
        resolve(Tracking(name="server"), tmp_path, {})
    assert none.value.faults == (
        "tracking=server needs an address: set tracking.uri or the variable MLFLOW_TRACKING_URI.",
    )
    for folder in ("./mlruns", "/tmp/mlruns", "file:///tmp/mlruns"):
        with pytest.raises(ConfigError, match="does not write to folders any more"):
            resolve(Tracking(), tmp_path, {"MLFLOW_TRACKING_URI": folder})


def test_relative_database_of_the_variable_is_fixed_at_once(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert target("sqlite:///x.db", Path("/r")).database == tmp_path / "x.db"


def test_passwords_are_in_the_environment_only(tmp_path, monkeypatch):
    server = target("https://ann:p%40ss@host:1/x?y=1", tmp_path)
    assert server.uri == "https://host:1/x?y=1"
    assert server.name == "https://host:1/x"
    assert server.environment() == {
        "MLFLOW_TRACKING_URI": "https://host:1/x?y=1",
        "MLFLOW_TRACKING_USERNAME": "ann",
        "MLFLOW_TRACKING_PASSWORD": "p@ss",
    }
    database = target("postgresql://ann:geheim@host/db?password=more", tmp_path)
    assert database.name == "postgresql://host/db"
    assert "geheim" not in repr(database) + repr(server) + database.hide("error: geheim")
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "tok123")
    assert Target("http://h", tmp_path).hide("Bearer tok123") == "Bearer ***"
