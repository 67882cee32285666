"""What is tried again, and what is not."""

import sqlite3

import pytest

from trainyard.errors import TrainyardError
from trainyard.tracking.refusal import is_refused, is_unreachable, reason


class Answer:
    def __init__(self, status):
        self.status_code = status


@pytest.mark.parametrize(
    ("error", "refused"),
    [
        (ConnectionError("no route"), False),
        (TimeoutError(), False),
        (OSError(28, "No space left on device"), False),
        (TrainyardError("no"), False),
        (sqlite3.OperationalError("database is locked"), False),
        (FileNotFoundError("plots/a.png"), True),
        (KeyError("signature"), True),
        (ModuleNotFoundError("torch"), True),
    ],
)
def test_plain_errors(error, refused):
    assert is_refused(error) is refused


def test_nobody_answers_where_the_way_there_is_broken_and_no_server_spoke():
    for cause, unreachable in ((ConnectionRefusedError(111, "Connection refused"), True), (KeyError("a"), False)):
        error = RuntimeError("API request failed")
        error.__cause__ = cause
        assert is_unreachable(error) is unreachable
    spoken = OSError("answer")
    spoken.response = Answer(500)
    assert not is_unreachable(spoken)


@pytest.mark.parametrize(("status", "refused"), [(413, True), (400, True), (401, False), (429, False), (503, False)])
def test_answers_of_a_server(status, refused):
    error = OSError("answer")
    error.response = Answer(status)
    assert is_refused(error) is refused


@pytest.mark.parametrize(
    ("code", "refused"),
    [("INVALID_PARAMETER_VALUE", True), ("TEMPORARILY_UNAVAILABLE", False), ("INTERNAL_ERROR", False),
     ("PERMISSION_DENIED", False)],
)  # fmt: skip
def test_errors_of_mlflow(empty_database, code, refused):
    from mlflow.exceptions import MlflowException
    from mlflow.protos.databricks_pb2 import ErrorCode

    assert is_refused(MlflowException("x", error_code=ErrorCode.Value(code))) is refused


def test_reason_is_what_the_system_says_however_deep_it_lies():
    try:
        try:
            raise ConnectionRefusedError(111, "Connection refused")
        except ConnectionRefusedError as refused:
            raise ConnectionError("HTTPConnectionPool(host='127.0.0.1'): Max retries exceeded") from refused
    except ConnectionError as pool:
        error = RuntimeError("API request to http://127.0.0.1/api failed")
        error.__context__ = pool
    assert reason(error) == "Connection refused"
    assert reason(RuntimeError("the disk is full")) == "the disk is full"


@pytest.mark.parametrize(
    ("code", "told"), [("UNAUTHENTICATED", "MLFLOW_TRACKING_TOKEN"), ("PERMISSION_DENIED", "does not let this login")]
)
def test_reason_tells_of_a_login(empty_database, code, told):
    from mlflow.exceptions import MlflowException
    from mlflow.protos.databricks_pb2 import ErrorCode

    assert told in reason(MlflowException("401 != 200", error_code=ErrorCode.Value(code)))
