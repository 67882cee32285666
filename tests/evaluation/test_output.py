import pytest

from trainyard.errors import ConfigError
from trainyard.evaluation.output import check_output, write_apart

EVALUATION = ("metrics.json", "predictions.csv", "by_town.csv", "plots/roc.png", ".gitignore")


def laid_out(folder, names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


@pytest.mark.parametrize("names", [(), EVALUATION, ("plots/roc.png", ".gitignore")])
def test_new_folders_and_those_of_an_evaluation_are_fine(tmp_path, names):
    check_output(laid_out(tmp_path / "out", names))


@pytest.mark.parametrize(
    "names", [("letter.txt",), (*EVALUATION, "config.yaml"), ("plots/mine.png",), ("metrics.json",), ("by_hand.txt",)]
)
def test_what_is_of_something_else_is_refused(tmp_path, names):
    with pytest.raises(ConfigError, match="holds something else than an earlier evaluation"):
        check_output(laid_out(tmp_path / "out", names))


def written(folder, **texts):
    def write(place):
        place.mkdir(parents=True)
        for name, text in texts.items():
            (place / name.replace("_", ".")).write_text(text)
        return [place / name.replace("_", ".") for name in texts]

    place, files = write_apart(folder / "dates", write)
    assert all(file.parent == place and file.is_file() for file in files)
    return place.name


def test_other_results_go_beside_earlier_ones_and_equal_ones_where_they_are(tmp_path):
    assert written(tmp_path, a_csv="1", a_png="x") == "dates"
    assert written(tmp_path, a_csv="1", a_png="y", b_csv="2") == "dates"
    assert written(tmp_path, a_csv="2") == "dates-2"
    assert written(tmp_path, a_csv="1", b_csv="3") == "dates-3"
    assert written(tmp_path, a_png="z") == "dates-2"
    assert (tmp_path / "dates" / "a.csv").read_text() == "1"


def test_a_file_and_a_place_that_cannot_be_written_are_refused(tmp_path):
    (tmp_path / "rows.csv").touch()
    with pytest.raises(ConfigError, match=r"rows\.csv: is a file; name a folder"):
        check_output(tmp_path / "rows.csv")
    with pytest.raises(ConfigError, match=r"rows.csv/out: cannot be written \(Not a directory\)"):
        check_output(tmp_path / "rows.csv" / "out")
