import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lineage.repositories import write
from trainyard.lineage.ignored import Ignored, dvc_top

NAME = st.text("ab.", min_size=1, max_size=3).filter(lambda name: name not in (".", ".."))
PATH = st.lists(NAME, min_size=1, max_size=3).map("/".join)
LINE = st.text("ab./*!?#[] ", min_size=1, max_size=6)


@pytest.mark.filterwarnings("ignore:Possible nested set:FutureWarning")  # of a pattern such as [[a], from pathspec
@settings(max_examples=200, deadline=None)
@given(st.lists(LINE, max_size=4), PATH, st.booleans())
def test_a_rule_means_what_it_means_to_dvc(tmp_path_factory, lines, name, is_folder):
    from dvc.ignore import DvcIgnorePatterns
    from pathspec.patterns.gitignore import GitIgnorePatternError

    top = tmp_path_factory.getbasetemp() / "rules"
    (top / ".dvc").mkdir(parents=True, exist_ok=True)
    (top / "data").mkdir(exist_ok=True)
    (top / ".dvcignore").write_text("\n".join(lines))
    stripped = [line.strip() for line in lines]
    try:
        theirs = DvcIgnorePatterns([line for line in stripped if line and line[0] != "#"], str(top), os.sep)
    except GitIgnorePatternError:
        return
    *above, last = f"data/{name}".split("/")
    for depth in range(1, len(above) + 1):  # an ignored folder is not looked into
        if theirs.matches(str(top.joinpath(*above[: depth - 1])), above[depth - 1], is_dir=True):
            return
    expected = theirs.matches(str(top.joinpath(*above)), last, is_dir=is_folder)
    assert Ignored.for_folder(top / "data").matches(name, str(top / "data" / name), is_folder) == expected


def test_outside_of_a_dvc_repository_nothing_but_its_own_folders_is_left_out(tmp_path):
    write(tmp_path, {".dvcignore": "*.csv", "data/a.csv": ""})
    rules = Ignored.for_folder(tmp_path / "data")
    assert not rules.matches("a.csv", str(tmp_path / "data/a.csv"), False)
    assert rules.matches("b/.git", str(tmp_path / "data/b/.git"), True)


def test_the_nearest_file_has_the_last_word(tmp_path):
    write(tmp_path, {".dvc/config": "", ".dvcignore": "*.csv", "data/.dvcignore": "!a.csv"})
    rules = Ignored.for_folder(tmp_path / "data" / "set")
    assert [rules.matches(name, name, False) for name in ("a.csv", "b.csv")] == [False, True]


def test_a_line_that_is_no_pattern_and_a_file_that_is_no_text_are_passed_over(tmp_path):
    write(tmp_path, {".dvc/config": "", ".dvcignore": "!\n*.csv"})
    assert Ignored.for_folder(tmp_path / "data").matches("a.csv", "a.csv", False)
    (tmp_path / ".dvcignore").write_bytes(b"\xff*.csv")
    assert not Ignored.for_folder(tmp_path / "data").matches("a.csv", "a.csv", False)


def test_the_top_of_a_dvc_repository_is_the_nearest_folder_with_one(tmp_path):
    write(tmp_path, {".dvc/config": "", "sub/.dvc/config": "", "sub/data/a": ""})
    assert dvc_top(tmp_path / "sub" / "data") == tmp_path / "sub"
    assert dvc_top(tmp_path / "elsewhere") == tmp_path
    assert dvc_top(tmp_path.parent) is None
