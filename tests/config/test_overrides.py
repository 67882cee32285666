"""What a person types, as Hydra takes it."""

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from hypothesis import given
from hypothesis import strategies as st

from trainyard.config.overrides import decode_name, hydra_line, key_at, shape_of, split_path


class Conf:
    """Groups of a small conf/."""

    def is_group(self, name: str) -> bool:
        return name in self.groups()

    def groups(self) -> list[str]:
        return ["network", "experiment"]

    def options(self, group: str) -> list[str]:
        return {"network": ["mlp", "linear"], "experiment": ["digits"]}[group]


LINES = {
    "seed=3": "++seed=3",
    "+seed=3": "++seed=3",
    "++seed=3": "++seed=3",
    "note=hello": "++note='hello'",
    "note='hello'": "++note='hello'",
    "note=a, b": "++note=a, b",  # Hydra reads a sweep
    "note=${seed}": "++note=${seed}",
    "note=null": "++note=null",
    "network.activation=relu,gelu": "++network.activation=relu,gelu",
    "network=mlp": "network=mlp",
    "+experiment=digits": "experiment=digits",
    "experiment=null": "~experiment",
    "~experiment": "~experiment",
    "tags.a b=x": "++tags.__x612062__='x'",
    "dataset.columns.a.b.kind=ignore": "++dataset.columns.__x612e62__.kind=ignore",
    "+network.layers.drop.type=Dropout": "++network.layers.drop.type='Dropout'",
    "network.layers.a.out_features=64,128": "++network.layers.a.out_features=64,128",
    "network.layers.a.inputs=categories.home town": "++network.layers.a.inputs='categories.home town'",
    "hydra.run.dir=/tmp/x": "hydra.run.dir=/tmp/x",
}


@pytest.mark.parametrize(("typed", "line"), LINES.items(), ids=list(LINES))
def test_a_line_is_what_hydra_takes_and_stays_so(typed: str, line: str) -> None:
    assert hydra_line(typed, Conf()) == line
    assert hydra_line(line, Conf()) == line


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).map(str.strip).filter(bool))
def test_any_text_arrives_as_it_was_typed(text: str) -> None:
    plain = text[0] not in "'\"[{" and "${" not in text and "," not in text and "(" not in text
    if not plain or text in ("null", "???"):
        return
    override = OverridesParser.create().parse_override(hydra_line(f"note={text}", Conf()))
    assert override.value() == text


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="="), min_size=1))
def test_any_name_of_a_tag_arrives_as_it_was_typed(name: str) -> None:
    if name.strip() != name:
        return
    override = OverridesParser.create().parse_override(hydra_line(f"tags.{name}=x", Conf()))
    section, encoded = override.key_or_group.split(".", 1)
    assert (section, decode_name(encoded)) == ("tags", name)


def test_an_override_is_cut_at_its_first_equals_sign() -> None:
    shape = shape_of(" ++note = a=b")
    assert (shape.prefix, shape.key, shape.value) == ("++", "note", " a=b")
    assert shape_of("seed").value is None
    assert shape_of("~a=b").prefix == "~"


def test_a_name_below_an_open_mapping_is_one_part() -> None:
    assert split_path("dataset.columns.a.b.kind") == ["dataset", "columns", "a.b", "kind"]
    assert split_path("tags.a.b") == ["tags", "a.b"]
    assert split_path("optimizer.lr") == ["optimizer", "lr"]


def test_the_key_of_a_path_is_found() -> None:
    paths = ("optimizer.lr", "tags.owner", "optimizer.speed", "network.layers.a.inputs", "network.layers.a.bias")
    found = {path: key_at(path) for path in paths}
    assert {path: key and key.is_text for path, key in found.items()} == {
        "optimizer.lr": False, "tags.owner": True, "optimizer.speed": None,
        "network.layers.a.inputs": True, "network.layers.a.bias": None,
    }  # fmt: skip
