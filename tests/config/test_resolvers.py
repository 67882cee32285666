"""What ${...} may say."""

import pytest

from trainyard.config.resolvers import folder_name, member_name, stem
from trainyard.config.secrets import environment_value, watch_environment


@pytest.mark.parametrize(
    ("path", "name"),
    [("data/houses.csv", "houses"), ("/a/b/Old houses.TSV.gz", "Old houses"), ("x.parquet", "x"), ("a.b.csv", "a.b"),
     ("noending", "noending"), (".csv", ".csv")],
)  # fmt: skip
def test_the_stem_is_the_name_of_a_file(path: str, name: str) -> None:
    assert stem(path) == name


@pytest.mark.parametrize(
    ("value", "path", "is_secret"),
    [("/data/old", "{}/houses.csv", False), ("/data/houses.csv", "{}", False), ("hunter22", "/data/{}.csv", True)],
)
def test_the_name_of_a_file_is_no_secret_unless_a_variable_gave_all_of_it(
    monkeypatch: pytest.MonkeyPatch, value: str, path: str, is_secret: bool
) -> None:
    monkeypatch.setenv("PLACE", value)
    with watch_environment() as reads:
        stem(path.format(environment_value("PLACE")))
        assert bool(reads) is is_secret


@pytest.mark.parametrize(
    ("text", "name"), [("digits", "digits"), ("a/b c", "a-b-c"), ("../x", "x"), ("größe", "größe"), ("//", "unnamed")]
)
def test_a_folders_name_is_safe(text: str, name: str) -> None:
    assert folder_name(text) == name


@pytest.mark.parametrize(
    ("number", "overrides", "name"),
    [
        (0, "", "0"),
        (3, "++seed=1,++network.hidden=[64,32]", "3-seed=1,hidden=[64,32]"),
        (1, "dataset=iris,++training.max_time='1:30'", "1-dataset=iris,max_time=-1-30"),
        (2, "++tags.token=hunter22", "2-token="),
        (4, "++network.layers.a.out_features=8,++network.layers.b.p=0.1", "4-a.out_features=8,b.p=0.1"),
    ],
)
def test_a_members_folder_says_what_sets_it_apart(number: int, overrides: str, name: str) -> None:
    assert member_name(number, overrides) == name


def test_a_members_folder_is_not_endless() -> None:
    assert len(member_name(0, ",".join(f"++dataset.columns.x{n}.kind=numeric" for n in range(50)))) == 80
