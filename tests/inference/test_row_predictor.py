import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from tests.inference.packages import make_package, package_images
from trainyard.errors import DataError
from trainyard.inference import load
from trainyard.inference.raw_rows import open_raw_rows
from trainyard.inference.raw_text import TextRows
from trainyard.inference.row_predictor import RowPredictor

BAD = {3: "abc", 40: "inf?"}  # row: what stands in the column size


@pytest.fixture(scope="module")
def packaged(tmp_path_factory):
    """Return (model, table, folder)."""
    folder = tmp_path_factory.mktemp("packaged")
    _, table = make_package(folder / "model")
    pacsv.write_csv(table, folder / "rows.csv")
    pq.write_table(table, folder / "rows.parquet")
    return load(folder / "model"), table, folder


def predict(model, path, *, size=None, keep=(), bad_rows="error"):
    """Return (table, tally)."""
    source = open_raw_rows(str(path), model.card["reading"])
    if size is not None:
        source.text = TextRows(path, **model.card["reading"], size=size)
    predictor = RowPredictor(model, source, keep, bad_rows)
    return pa.concat_tables([predictor.schema.empty_table(), *predictor()]), predictor.tally


def with_bad(folder):
    lines = (folder / "rows.csv").read_text().splitlines()
    for row, text in BAD.items():
        lines[row + 1] = text + lines[row + 1][lines[row + 1].index(",") :]
    lines[10] += ",7"  # row 9
    path = folder / "bad.csv"
    path.write_text("\n".join(lines))
    return path


@pytest.mark.parametrize(("name", "size"), [("rows.csv", None), ("rows.csv", 500), ("rows.parquet", None)])
def test_rows_get_what_the_model_predicts_for_them_in_whatever_pieces_they_come(packaged, name, size):
    model, table, folder = packaged
    found, tally = predict(model, folder / name, size=size, keep=("town",))
    expected = model.predict_columns(table)
    assert found.column_names == ["town", *expected]
    assert found["town"].to_pylist() == table["town"].to_pylist()
    assert found["prediction"].to_pylist() == list(expected["prediction"])
    assert found["probability_big"].to_pylist() == pytest.approx(expected["probability_big"], abs=1e-6)
    assert (tally.rows, tally.bad) == (120, 0)


@pytest.mark.parametrize("size", [None, 400])
def test_rows_that_cannot_be_read_are_left_out_or_left_empty_and_told_with_their_lines(packaged, size):
    model, table, folder = packaged
    path, bad = with_bad(folder), {*BAD, 9}
    right = model.predict(table)
    skipped, tally = predict(model, path, size=size, bad_rows="skip")
    assert skipped["prediction"].to_pylist() == [label for row, label in enumerate(right) if row not in bad]
    assert (tally.rows, tally.bad) == (120, 3)
    assert tally.first == [
        "line 5: Column size holds 'abc', which is not a number.",
        "line 11: it has 10 fields, but the header has 9.",
        "line 42: Column size holds 'inf?', which is not a number.",
    ]
    empty, _ = predict(model, path, size=size, keep=("town",), bad_rows="empty")
    assert empty["prediction"].to_pylist() == [None if row in bad else label for row, label in enumerate(right)]
    towns = [None if row == 9 else town for row, town in enumerate(table["town"].to_pylist())]
    assert empty["town"].to_pylist() == towns


def test_the_first_row_that_cannot_be_read_is_refused_with_its_line(packaged):
    model, _, folder = packaged
    with pytest.raises(DataError, match=r"The row in line 5 cannot be read: Column size holds 'abc'.* bad_rows=skip"):
        predict(model, with_bad(folder))


def test_what_is_kept_is_as_it_was_written_and_read_as_if_it_were_not_kept(packaged):
    model, table, folder = packaged
    path = folder / "padded.csv"
    pacsv.write_csv(table.slice(0, 5), path)
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], *(f"0{line}" for line in lines[1:])]))
    found, _ = predict(model, path, keep=("size",))
    assert found["size"].to_pylist() == [line.split(",")[0] for line in path.read_text().splitlines()[1:]]
    assert found["prediction"].to_pylist() == list(model.predict(table.slice(0, 5)))


def test_a_decimal_comma_is_read_as_in_training_beside_a_wrong_value(tmp_path):
    _, table = make_package(tmp_path / "model", reading={"decimal": ",", "delimiter": "semicolon"})
    model = load(tmp_path / "model")
    rows = table.slice(0, 3).to_pylist()
    texts = [";".join(str(value).replace(".", ",") for value in row.values()) for row in rows]
    wrong = "x;" + texts[0].partition(";")[2]
    (tmp_path / "rows.csv").write_text("\n".join([";".join(table.column_names), *texts, wrong]))
    found, tally = predict(model, tmp_path / "rows.csv", bad_rows="skip")
    assert found["probability_big"].to_pylist() == pytest.approx(model.predict_proba(table.slice(0, 3))[:, 0], abs=1e-6)
    assert tally.first == ["line 5: Column size holds 'x', which is not a number."]


def test_images_come_as_a_column_per_pixel(tmp_path):
    images = package_images(tmp_path / "model")
    model = load(tmp_path / "model")
    flat = images.reshape(60, -1)
    pq.write_table(pa.table(dict(zip(model.columns, flat.T, strict=True))), tmp_path / "rows.parquet")
    found, _ = predict(model, tmp_path / "rows.parquet")
    assert found["prediction"].to_pylist() == list(model.predict(images))


def test_images_of_several_shapes_are_each_predicted_and_one_that_is_none_is_left_out(tmp_path):
    images = package_images(tmp_path / "model", (3, 20, 20))
    model = load(tmp_path / "model")
    column = [images[0].tolist(), images[1].transpose(1, 2, 0).tolist(), [[[1]]], images[2].tolist()]
    pq.write_table(pa.table({"image": column}), tmp_path / "rows.parquet")
    found, tally = predict(model, tmp_path / "rows.parquet", bad_rows="skip")
    assert found["prediction"].to_pylist() == list(model.predict(images[:3]))
    assert (tally.rows, tally.bad) == (4, 1)
    assert tally.first[0].startswith("row 3: An array of images has one of the shapes")


def test_columns_that_are_missing_or_would_be_there_twice_are_told(packaged, tmp_path):
    model, table, folder = packaged
    pacsv.write_csv(table.drop_columns(["size"]), tmp_path / "rows.csv")
    with pytest.raises(DataError, match="There is no column size, which the model was trained on"):
        predict(model, tmp_path / "rows.csv")
    with pytest.raises(DataError, match="There is no column tag to keep"):
        predict(model, folder / "rows.csv", keep=("tag",))
    pacsv.write_csv(table.append_column("prediction", table["label"]), tmp_path / "rows.csv")
    with pytest.raises(DataError, match="is called prediction, too"):
        predict(model, tmp_path / "rows.csv", keep=("prediction",))
