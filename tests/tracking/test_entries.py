"""What goes to MLflow is what it takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainyard.tracking.entries import KEY_LENGTH, PARAM_LENGTH, Batch, cut, key, milliseconds


@pytest.fixture(scope="module")
def validation(empty_database):
    from mlflow.utils import validation

    return validation


@given(name=st.text(max_size=300))
def test_every_name_becomes_one_that_mlflow_takes(validation, name):
    validation._validate_metric_name(key(name))
    assert len(key(name)) <= KEY_LENGTH


@given(name=st.from_regex(r"[a-z_]+(/[a-z_0-9]+){0,3}", fullmatch=True))
def test_ordinary_names_stay_as_they_are(name):
    assert key(name) == name


@given(text=st.text(max_size=80), length=st.integers(40, 60))
def test_cut_text_fits_and_says_so(text, length):
    short = cut(text, length)
    assert len(short) <= length
    assert short == text or f"cut from {len(text)} characters" in short


def test_batch_is_made_of_records_and_taken_in_pieces():
    batch = Batch()
    batch.add({"type": "params", "time": 1.0, "values": {f"p{i}": "x" * 7000 for i in range(130)}})
    batch.add({"type": "tags", "time": 1.0, "values": {"a b": 1}})
    batch.add({"type": "note", "time": 1.0, "text": "**why**"})
    for step in range(1000):
        batch.add({"type": "metrics", "time": 2.0, "step": step, "values": {"train/loss": 0.5, "val/loss": 0.25}})
    calls = list(batch.calls())
    assert all(len(call.metrics) + len(call.params) + len(call.tags) <= 1000 for call in calls)
    assert all(len(call.params) <= 100 and len(call.tags) <= 100 for call in calls)
    assert [row for call in calls for row in call.metrics] == batch.metrics
    assert batch.metrics[1] == ("val/loss", 0.25, 2000, 0)
    assert len(batch.params) == 130
    assert all(len(value) == PARAM_LENGTH for value in batch.params.values())
    assert batch.tags == {"a b": "1", "mlflow.note.content": "**why**"}


def test_each_call_is_small_enough_for_a_request(validation):
    batch = Batch()
    batch.add({"type": "params", "time": 1.0, "values": {f"{'p' * 240}{i}": "x" * 7000 for i in range(300)}})
    batch.add({"type": "tags", "time": 1.0, "values": {f"{'t' * 240}{i}": "x" * 9000 for i in range(300)}})
    values = {f"{'m' * 100}{i}": 0.1 + i / 7 for i in range(2000)}
    batch.add({"type": "metrics", "time": 1.0, "step": 1, "values": values})
    for call in batch.calls():
        validation._validate_batch_log_limits(call.metrics, call.params, call.tags)
        assert len(repr(call)) < validation.MAX_BATCH_LOG_REQUEST_SIZE


def test_time_of_a_record_never_changes():
    assert milliseconds({"time": 1795422997.1234}) == 1795422997123
