import logging

import pytest
import torch

from tests.export.models import mixed_model
from trainyard.errors import NetworkError
from trainyard.export.formats import feed
from trainyard.export.program import Program, missing_code, quiet, told, trace
from trainyard.export.raw_inputs import raw_inputs


def test_a_traced_program_takes_any_number_of_rows(tmp_path):
    model, source = mixed_model(tmp_path / "model", texts=False)
    inputs = raw_inputs(model, texts=False, form="torch")
    program = trace(Program(model, inputs)).module()
    rows = {name: torch.from_numpy(values) for name, values in feed(model, inputs, source.table).items()}
    for count in (0, 1, 2, 120):
        found = program({name: values[:count] for name, values in rows.items()})["probabilities"].numpy()
        assert found == pytest.approx(model.predict_proba(source.table)[:count], abs=1e-6)


def test_a_missing_category_has_the_code_that_training_gave_it(tmp_path):
    model, _ = mixed_model(tmp_path / "model")
    codes = {column.name: missing_code(column) for column in model.encoder.columns if column.kind == "category"}
    known = {column.name: len(column.categories) for column in model.encoder.columns if column.kind == "category"}
    assert codes["color"] == known["color"] + 1 == 4


def test_what_an_exporter_raises_is_told_in_a_sentence():
    with pytest.raises(NetworkError, match=r"be traced \(KeyError: 'x'\)\. format=package holds"), told("traced"):
        raise KeyError("x")


def test_exporters_are_quiet_only_meanwhile():
    log = logging.getLogger("torch.onnx")
    before = log.level
    with quiet():
        assert log.level == logging.ERROR
    assert log.level == before
