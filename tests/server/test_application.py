"""The server as its clients see it: MLflow's protocol, and a sentence for each request that cannot be answered."""

import asyncio
import json
import logging

import numpy as np
import pytest

from tests.server.test_request import ROW
from trainyard.server.application import application

RECORDS = {"dataframe_records": [ROW]}


def ask(app, method="POST", path="/invocations", body=b"", host="127.0.0.1:5001", kind="application/json"):
    """Return status and JSON of an answer; `body` is sent in two pieces."""
    sent, half = [], len(body) // 2
    pieces = [{"type": "http.request", "body": body[:half], "more_body": True},
              {"type": "http.request", "body": body[half:], "more_body": False}]  # fmt: skip

    async def receive():
        return pieces.pop(0)

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "path": path,
             "raw_path": path.encode(), "query_string": b"", "scheme": "http", "root_path": "",
             "headers": [(b"host", host.encode()), (b"content-type", kind.encode())]}  # fmt: skip
    asyncio.run(app(scope, receive, send))
    text = b"".join(message.get("body", b"") for message in sent).decode()
    return sent[0]["status"], json.loads(text) if text.strip() else None


@pytest.fixture(scope="module")
def app(table_model):
    return application(table_model)


def test_it_answers_as_the_package_predicts(app, table_model):
    status, answer = ask(app, body=json.dumps(RECORDS).encode())
    assert status == 200
    (row,) = answer["predictions"]
    assert row["prediction"] == table_model.model.predict([ROW])[0]
    probabilities = [row["probability_big"], row["probability_small"]]
    np.testing.assert_allclose(probabilities, table_model.model.predict_proba([ROW])[0], atol=1e-12)


def test_a_value_of_the_wrong_kind_is_told_by_its_column(app):
    rows = {"dataframe_records": [ROW, {**ROW, "size": "tall"}]}
    assert ask(app, body=json.dumps(rows).encode()) == (
        400,
        {
            "error_code": "INVALID_PARAMETER_VALUE",
            "message": "Column size holds 'tall' (row 2), which is not a number.",
        },
    )


def test_the_pages_of_mlflow_are_there_and_others_are_told(app):
    assert ask(app, "GET", "/ping") == ask(app, "GET", "/health") == (200, None)
    status, answer = ask(app, "GET", "/invocations")
    assert (status, answer["message"][:20]) == (405, "Method Not Allowed. ")
    status, answer = ask(app, "GET", "/")
    assert (status, answer["error_code"]) == (404, "ENDPOINT_NOT_FOUND")
    assert "Rows are sent by POST to /invocations" in answer["message"]


def test_a_request_that_is_too_large_or_for_another_host_is_refused(table_model):
    app = application(table_model, largest=1)
    status, answer = ask(app, body=b"[" * (2**20 + 1))
    assert (status, answer["message"][:30]) == (413, "A request has 1 MiB at most. S")
    assert ask(app, body=b"[" * 2**20)[0] == 400
    status, answer = ask(app, body=json.dumps(RECORDS).encode(), host="evil.example")
    assert (status, "not evil.example" in answer["message"]) == (403, True)
    assert ask(app, body=json.dumps(RECORDS).encode(), host="localhost")[0] == 200


def test_a_failure_of_the_server_is_in_its_log_and_not_in_the_answer(table_model, monkeypatch, caplog):
    def fail(*_):
        raise RuntimeError("secret")

    monkeypatch.setattr("trainyard.server.application.rows_of", fail)
    with caplog.at_level(logging.ERROR):
        status, answer = ask(application(table_model), body=b"{}")
    assert (status, answer["message"]) == (500, "The server failed; its log tells why.")
    assert "RuntimeError: secret" in caplog.text
