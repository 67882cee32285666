import numpy as np
import pytest

from trainyard.config.compose import compose
from trainyard.data.cached import find_prepared
from trainyard.data.prepare import prepare


@pytest.fixture(scope="module")
def dataset():
    return compose(["dataset=salmon", "dataset.rows=100"]).dataset


@pytest.fixture(scope="module")
def made(dataset, tmp_path_factory):
    root = tmp_path_factory.mktemp("root")
    prepared = prepare(dataset, task="auto", double=False, root=root)
    key = next(path.name for path in (root / ".trainyard" / "cache").iterdir() if path.name != "locks")
    return root, key, prepared


def test_a_preparation_is_found_by_its_name(made, dataset):
    root, key, prepared = made
    found = find_prepared(key, dataset, root)
    assert found.digest == prepared.digest
    np.testing.assert_array_equal(found.test.x, prepared.test.x)


@pytest.mark.parametrize("key", ["0" * 32, "None", "../cache", "locks"])
def test_what_is_no_name_of_an_entry_finds_nothing(key, made, dataset):
    before = sorted(made[0].rglob("*"))
    assert find_prepared(key, dataset, made[0]) is None
    assert [path for path in sorted(made[0].rglob("*")) if path not in before and path.parent.name != "locks"] == []


def test_a_damaged_preparation_is_none(made, dataset):
    root, key, _ = made
    (root / ".trainyard" / "cache" / key / "meta.json").write_text("{")
    assert find_prepared(key, dataset, root) is None
