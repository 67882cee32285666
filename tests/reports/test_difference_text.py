from trainyard.reports.difference_text import difference_text

A, B = ({"folder": f"/runs/{side}", "name": f"run-{side}", "status": "FINISHED"} for side in "ab")
SECTIONS = ("config", "data", "code", "environment", "seeds", "model", "metrics")
SAME = {"a": A, "b": B, **{section: {} for section in SECTIONS}}
HEAD = "a  run-a (FINISHED), /runs/a\nb  run-b (FINISHED), /runs/b\n"


def test_equal_sections_take_a_line_each():
    assert difference_text(SAME) == f"""{HEAD}
config: the same
data: the same
code: the same
environment: the same
seeds: the same
model: the same
metrics: the same"""


def test_what_differs_stands_side_by_side():
    code = {
        "revisions": ["c" * 40, None], "subjects": ["First", None], "between": None,
        "uncommitted": {"a.py": ["+2 -1", None]}, "untracked": {"b.py": [None, "kept"]},
    }  # fmt: skip
    metrics = {
        "test/accuracy": {"a": 0.5, "b": 0.75, "difference": 0.25, "better": "b"},
        "trained/steps": {"a": None, "b": 1000.0, "difference": None, "better": None},
    }
    config = {"network.hidden": [[64, 32], [128]], "training.progress": [True, None]}
    packages = {"packages.torch": ["2.10.0", "2.11.0"]}
    told = difference_text({**SAME, "config": config, "code": code, "environment": packages, "metrics": metrics})
    assert told == f"""{HEAD}
config: 2 differ
                     a        b
  network.hidden     [64,32]  [128]
  training.progress  true     -

data: the same

code: differs
  a  cccccccccccc First
  b  no commit
  what lies between them is not known: one is not in this repository
  not committed: 2 differ
          a      b
    a.py  +2 -1  -
    b.py  -      kept

environment: 1 differs
         a       b
  torch  2.10.0  2.11.0

seeds: the same
model: the same

metrics: 2 differ
                      a        b    b - a  better
  test/accuracy  0.5000   0.7500  +0.2500  b
  trained/steps       -  1,000.0        -"""


def test_many_files_are_cut_and_equal_trees_are_told():
    code = {"revisions": ["c" * 40, "d" * 40], "subjects": ["First", None]}
    many = difference_text({**SAME, "code": {**code, "between": {f"{n}.py": "+1 -0" for n in range(32)}}})
    assert "  b  dddddddddddd (not in this repository)\n  between them: 32 differ\n    0.py   +1 -0\n" in many
    assert "\n    29.py  +1 -0\n    and 2 more files\n" in many
    assert "\n  with the same files\n" in difference_text({**SAME, "code": {**code, "between": {}}})


def test_long_values_are_shortened():
    told = difference_text({**SAME, "config": {"note": ["x" * 200, None]}})
    assert max(map(len, told.splitlines())) <= 100
