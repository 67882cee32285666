import json

from trainyard.data.summary import LeftOut, Summary


def test_a_summary_goes_through_json():
    summary = Summary(
        rows={"train": 7, "val": 2, "test": 1}, dropped=1, split="random", kinds={"numeric": 2},
        left_out=(LeftOut("id", "is an identifier"),), numeric=3, one_hot=0, indicators=1, embedded=0,
        task="regression", task_reason="y holds numbers with fractions", duplicates={"val": 0, "test": 1},
        notes=("Look at this.",),
    )  # fmt: skip
    assert Summary.from_dict(json.loads(json.dumps(summary.to_dict()))) == summary
