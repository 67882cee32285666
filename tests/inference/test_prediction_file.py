import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trainyard.inference.prediction_file import prediction_file

TABLE = pa.table({"town": ["a, b", None], "price": [1.5, None]})


def break_off(path):
    with prediction_file(str(path), TABLE.schema) as file:
        file.write_table(TABLE)
        raise ZeroDivisionError


@pytest.mark.parametrize("name", ["out.csv", "out.parquet"])
def test_tables_are_written_whole_or_not_at_all(tmp_path, name):
    path = tmp_path / name
    path.write_text("before")
    with pytest.raises(ZeroDivisionError):
        break_off(path)
    assert path.read_text() == "before"
    with prediction_file(str(path), TABLE.schema) as file:
        file.write_table(TABLE)
        file.write_table(TABLE)
    assert list(tmp_path.iterdir()) == [path]
    if name == "out.csv":
        assert path.read_text().splitlines() == ['"town","price"', '"a, b",1.5', ",", '"a, b",1.5', ","]
    else:
        assert pq.read_table(path) == pa.concat_tables([TABLE, TABLE])


def test_standard_output_stays_open(capfdbinary):
    with prediction_file("-", TABLE.schema) as file:
        file.write_table(TABLE)
    print("after", flush=True)
    assert capfdbinary.readouterr().out.splitlines()[-1] == b"after"
