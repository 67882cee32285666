import csv

import numpy as np
import pytest
import torch

from tests.export.models import mixed_model
from trainyard.data.prepared import Part
from trainyard.data.rows import Rows
from trainyard.errors import ConfigError
from trainyard.explain.importance import column_places, permutation_importance, write_importance


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """(encoder, rows) of a table with embedded categories."""
    model, source = mixed_model(tmp_path_factory.mktemp("package") / "model", embedding=True)
    x, codes = model.encode(source.table)
    part = Part(x=x, codes=codes, y=np.zeros(len(x), np.int64), weight=None, rows=np.arange(len(x)))
    return model.encoder, Rows(part, torch.device("cpu"))


def by_size_and_color(rows):
    """A loss that only the columns size and color change."""
    place = torch.linspace(-1, 1, len(rows))
    return {"loss": float((rows.x[:, 0] * place).sum() + (rows.codes[:, 0] * place).sum()), "accuracy": 0.5}


def test_only_columns_that_the_model_goes_by_matter(made):
    encoder, rows = made
    found = permutation_importance(rows, encoder, by_size_and_color, "loss", repeats=3, seed=0)
    moved = {name for name, worse in zip(found.columns, found.worse, strict=True) if np.abs(worse).max() > 0}
    assert moved == {"size", "color"}
    assert found.worse.shape == (len(encoder.columns), 3)
    assert np.array_equal(found.mean, np.sort(found.mean)[::-1])
    assert found.before == by_size_and_color(rows)["loss"]


def test_the_rows_are_left_as_they_were_and_the_same_seed_gives_the_same(made):
    encoder, rows = made
    x, codes = rows.x.clone(), rows.codes.clone()
    first = permutation_importance(rows, encoder, by_size_and_color, "loss", repeats=2, seed=1)
    again = permutation_importance(rows, encoder, by_size_and_color, "loss", repeats=2, seed=1)
    other = permutation_importance(rows, encoder, by_size_and_color, "loss", repeats=2, seed=2)
    assert torch.equal(rows.x, x)
    assert torch.equal(rows.codes, codes)
    assert np.array_equal(first.worse, again.worse)
    assert not np.array_equal(first.worse, other.worse)


def test_a_score_that_falls_gets_worse(made):
    encoder, rows = made
    x = rows.x.clone()

    def score(some):
        return {"accuracy": float(torch.equal(some.x, x))}

    found = permutation_importance(rows, encoder, score, "accuracy", repeats=2, seed=0)
    assert set(found.worse[0]) == {1.0}


def test_all_that_was_made_of_a_column_moves_together(made):
    encoder, _ = made
    places = dict(zip(encoder.names, column_places(encoder), strict=True))
    assert sorted(place for x, _ in places.values() for place in x) == list(range(len(encoder.features)))
    assert [places[name][1] for name in encoder.embedded] == [[place] for place in range(len(encoder.embedded))]
    assert len(places["seen"][0]) > 2


def test_a_metric_that_there_is_not_is_told_with_the_nearest(made):
    encoder, rows = made
    with pytest.raises(ConfigError, match=r"metric=acuracy: the model has no such metric.*did you mean accuracy"):
        permutation_importance(rows, encoder, by_size_and_color, "acuracy", repeats=1, seed=0)


def test_the_table_has_a_line_a_column(tmp_path, made):
    encoder, rows = made
    found = permutation_importance(rows, encoder, by_size_and_color, "loss", repeats=3, seed=0)
    with write_importance(found, tmp_path / "importance.csv").open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    assert [line["column"] for line in lines] == list(found.columns)
    assert float(lines[0]["importance"]) == found.mean[0]
    assert float(lines[0]["deviation"]) == found.deviation[0]
    assert float(lines[0]["most"]) == found.worse[0].max()
