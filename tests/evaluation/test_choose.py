from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from tests.evaluation.trained import trained
from trainyard.errors import DataError, TrainyardError
from trainyard.evaluation.choose import dataset_rows, file_rows, fits, lazily, own_rows, prepared_again
from trainyard.evaluation.evaluate import evaluate


@pytest.fixture(scope="module")
def source(configs, root):
    return lazily(configs["salmon"], root)()


def test_raw_rows_are_read_once_and_only_when_asked_for(configs, root, monkeypatch):
    calls = []
    monkeypatch.setattr("trainyard.evaluation.choose.load_source", lambda *given: calls.append(given) or len(calls))
    read = lazily(configs["salmon"], root)
    assert calls == []
    assert (read(), read()) == (1, 1)


def test_parts_are_the_rows_of_the_training_and_do_not_overlap(salmon, configs, root):
    parts = {part: own_rows(salmon, configs["salmon"], root, part) for part in ("train", "val", "test", "all")}
    together = np.concatenate([parts[part].numbers for part in ("train", "val", "test")])
    assert sorted(together) == parts["all"].numbers.tolist() == list(range(600))
    np.testing.assert_array_equal(parts["test"].numbers, np.load(trained("salmon") / "predictions.npz")["row"])


def test_without_the_cache_the_data_are_prepared_again_to_the_same_metrics(salmon, configs, tmp_path, tested):
    found = evaluate(salmon, own_rows(salmon, configs["salmon"], tmp_path, "test"))
    assert found.metrics == tested["salmon"].metrics


def test_data_that_have_changed_since_are_told(salmon, configs, tmp_path):
    changed = replace(configs["salmon"], dataset=replace(configs["salmon"].dataset, simulation_seed=1))
    with pytest.raises(
        DataError, match=r"not those that it was trained on: .* has the digest .* but it was 1f36742c74ac"
    ):
        own_rows(salmon, changed, tmp_path, "test")


def test_fitting_needs_the_classes_and_the_units_of_the_training(subjects, configs, root):
    prepared = prepared_again(subjects["salmon"], configs["salmon"], root)
    assert fits(prepared, subjects["salmon"].packaged)
    assert not fits(replace(prepared, target_mean=(0.0,)), subjects["salmon"].packaged)
    assert not fits(prepared, subjects["digits"].packaged)


def test_the_data_of_the_training_give_their_test_rows_and_other_data_all(salmon, configs, tmp_path, tested):
    same = dataset_rows(salmon, configs["salmon"], tmp_path, None)
    assert evaluate(salmon, same).metrics == tested["salmon"].metrics
    other = replace(configs["salmon"], dataset=replace(configs["salmon"].dataset, simulation_seed=1, rows=300))
    assert len(dataset_rows(salmon, other, tmp_path, None).numbers) == 300
    some = dataset_rows(salmon, other, tmp_path, "val")
    assert len(some.numbers) == 45
    assert evaluate(salmon, some).metrics != tested["salmon"].metrics


@pytest.mark.parametrize("kind", ["csv", "tsv", "parquet"])
def test_a_file_may_have_its_columns_in_any_order_and_type(kind, salmon, source, tested, tmp_path):
    table = source.table.take(pa.array(tested["salmon"].numbers)).select(source.table.column_names[::-1])
    table = table.set_column(
        table.column_names.index("length_mm"), "length_mm", table["length_mm"].cast(pa.float64())
    ).append_column("more", pa.nulls(table.num_rows, pa.string()))
    path = tmp_path / f"rows.{kind}"
    if kind == "parquet":
        pq.write_table(table, path)
    else:
        pacsv.write_csv(table, path, pacsv.WriteOptions(delimiter="\t" if kind == "tsv" else ","))
    found = evaluate(salmon, file_rows(salmon, path))
    assert found.metrics == pytest.approx(tested["salmon"].metrics, rel=1e-5)
    assert found.numbers.tolist() == list(range(table.num_rows))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("age_years,weight_g\n2,3\n", "There is no column length_mm"),
        ("age_years,weight_g,length_mm\n2,3,700\n2,3,long\n", "length_mm.*long.*line 3"),
        ("age_years,weight_g,length_mm\n2,3,\n", "No row has a value of length_mm"),
        ("weight_g,length_mm\n3,700\n", "age_years"),
    ],
)
def test_what_is_wrong_with_a_file_is_named_with_its_row(text, words, salmon, source, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text(text)
    with pytest.raises(TrainyardError, match=words):
        file_rows(salmon, path)
