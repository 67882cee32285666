import json
import math
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reports.runs import DIFF, LINEAGE, traced_run
from trainyard.reports.difference import difference, metric_pairs, pairs
from trainyard.reports.run_files import read_run

SECTIONS = ("config", "data", "code", "environment", "seeds", "metrics", "model")
VALUES = st.dictionaries(st.sampled_from("abc"), st.one_of(st.integers(0, 2), st.none(), st.dictionaries(
    st.sampled_from("xy"), st.integers(0, 2), max_size=2)), max_size=3)  # fmt: skip


def runs(tmp_path, **changes):
    """A run, and another with some things changed."""
    return read_run(traced_run(tmp_path / "a")), read_run(traced_run(tmp_path / "b", **changes))


def test_equal_runs_have_empty_sections(tmp_path):
    a, b = runs(tmp_path)
    found = difference(a, b, tmp_path)
    assert {section: found[section] for section in SECTIONS} == {section: {} for section in SECTIONS}
    assert found["a"] == {"folder": str(tmp_path / "a"), "name": "digits-mlp-0a1b2c", "status": "FINISHED"}
    assert json.loads(json.dumps(found)) == found


def test_each_section_holds_what_differs_and_nothing_else(tmp_path):
    environment = {**LINEAGE["environment"], "cores": 4, "packages": {"numpy": "2.0.1", "torch": "2.11.0", "new": "1"}}
    files = [{"part": part, "digest": part[0] * 32} for part in ("train", "test")]
    a, b = runs(
        tmp_path, config={"optimizer": {"lr": 0.003, "name": "sgd"}}, metrics={"test/loss": 0.25, "test/rmse": 1.0},
        lineage={
            "environment": environment, "seeds": {"seed": 2, "split_seed": 0}, "code": None,
            "device": {**LINEAGE["device"], "precision": "64"},
            "data": {**LINEAGE["data"], "digest": "9" * 32, "files": files},
        },
    )  # fmt: skip
    (b.folder / "model" / "card.json").write_text("{}")
    found = difference(a, b, tmp_path)
    assert found["config"] == {"optimizer.lr": [0.001, 0.003], "optimizer.name": [None, "sgd"]}
    assert found["data"] == {"digest": ["d" * 32, "9" * 32], "train": [None, "t" * 32], "test": [None, "t" * 32]}
    assert found["environment"] == {
        "precision": ["32", "64"], "cores": [2, 4], "packages.abacus": ["1.0", None],
        "packages.torch": ["2.10.0", "2.11.0"], "packages.new": [None, "1"],
    }  # fmt: skip
    assert found["seeds"] == {"seed": [1, 2]}
    assert found["metrics"] == {
        "test/loss": {"a": 0.5, "b": 0.25, "difference": -0.25, "better": "b"},
        "test/rmse": {"a": None, "b": 1.0, "difference": None, "better": None},
    }
    assert found["model"] == {"weights": ["a" * 32, None]}
    assert found["code"]["revisions"] == ["c" * 40, None]
    assert found["code"]["between"] is None


@pytest.fixture
def repository(tmp_path):
    """A repository with two commits; its folder and their revisions."""
    folder, revisions = tmp_path / "repository", []
    folder.mkdir()

    def git(*words):
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *words]
        return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()

    git("init")
    for number in ("first", "second"):
        (folder / "a b.py").write_text(f"{number}\n")
        (folder / "b.bin").write_bytes(number.encode() + b"\0")
        git("add", "-A")
        git("commit", "-m", number)
        revisions.append(git("rev-parse", "HEAD"))
    return folder, revisions


def test_code_differs_by_commits_and_by_what_was_not_committed(tmp_path, repository):
    folder, revisions = repository
    code = [{**LINEAGE["code"], "revision": revision} for revision in revisions]
    a = read_run(traced_run(tmp_path / "a", lineage={"code": code[0]}))
    other = DIFF.replace(b"+b = 3\n", b"") + b"diff --git a/c.py b/c.py\nnew file mode 100644\n"
    sources = [("b.py", "2"), ("n.py", "")]
    b = read_run(traced_run(tmp_path / "b", lineage={"code": code[1]}, diff=other, sources=sources))
    assert difference(a, b, folder)["code"] == {
        "revisions": revisions, "subjects": ["first", "second"], "between": {"a b.py": "+1 -1", "b.bin": "binary"},
        "uncommitted": {"a.py": ["+2 -1", "+1 -1"], "c.py": [None, "+0 -0"]},
        "untracked": {"b.py": ["kept", "kept"], "n.py": [None, "kept"]},
    }  # fmt: skip
    assert difference(a, b, tmp_path)["code"]["between"] is None  # another repository


@given(VALUES, VALUES)
def test_pairs_are_empty_only_for_equal_values_and_turn_with_the_runs(a, b):
    def plain(values):
        return {name: value for name, value in values.items() if value not in (None, {})}

    found = pairs(a, b)
    assert (found == {}) == (plain(a) == plain(b))
    assert pairs(b, a) == {name: [there, here] for name, (here, there) in found.items()}


@pytest.mark.parametrize(
    ("name", "a", "b", "better"),
    [
        ("test/accuracy", 0.5, 0.75, "b"), ("test/rmse", 0.5, 0.75, "a"), ("test/rmse/length_mm", 0.5, 0.25, "b"),
        ("best/loss", 1.0, 0.5, "b"), ("best/epoch", 1.0, 2.0, None), ("trained/steps", 1.0, 2.0, None),
        ("baseline/accuracy", 1.0, 2.0, None), ("test/accuracy", 0.5, math.nan, None),
        ("test/accuracy", None, 0.5, None),
    ],
)  # fmt: skip
def test_the_better_run_is_named_where_one_is(name, a, b, better):
    ours = {} if a is None else {name: a}
    assert metric_pairs(ours, {name: b})[name]["better"] == better
    assert metric_pairs(ours, dict(ours)) == metric_pairs({name: math.nan}, {name: math.nan}) == {}
