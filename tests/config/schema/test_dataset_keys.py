"""What every dataset has, and what images have no use for."""

from trainyard.config.schema.dataset import Digits, Iris
from trainyard.config.schema.dataset_keys import Dataset, Images
from trainyard.config.schema.declared import keys_of


def test_images_have_no_keys_of_columns_and_read_as_other_datasets_do() -> None:
    gone = set(keys_of(Dataset)) - set(keys_of(Images))
    assert gone == {"ignore", "group", "time", "weight", "columns", "one_hot_limit", "missing_target", "split_column"}
    digits, iris = Digits(name="d", target=("digit",)), Iris(name="i", target=("species",))
    assert {name: getattr(digits, name) for name in gone} == {name: getattr(iris, name) for name in gone}


def test_every_built_in_may_be_read_from_a_file() -> None:
    assert "path" in keys_of(Digits)
    assert "path" in keys_of(Iris)
