"""The environment of a mirror."""

from trainyard.tracking.spawn import environment
from trainyard.tracking.target import target


def test_mirror_is_quiet_and_knows_the_address(tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_RUN_ID", "of somebody else")
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "mine")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "7")
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "false")
    env = environment(target("http://ann:secret@host:1", tmp_path))
    assert env["MLFLOW_TRACKING_URI"] == "http://host:1"
    assert (env["MLFLOW_TRACKING_USERNAME"], env["MLFLOW_TRACKING_PASSWORD"]) == ("ann", "secret")
    assert env["MLFLOW_TRACKING_TOKEN"] == "mine"
    assert env["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "7"
    assert env["MLFLOW_DISABLE_TELEMETRY"] == "true"
    assert env["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] == "0"
    assert env["MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD"] == "false"
    assert "MLFLOW_RUN_ID" not in env
