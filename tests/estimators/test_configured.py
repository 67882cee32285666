import pytest

from tests.estimators.rows import flowers
from trainyard import Classifier, Regressor
from trainyard.config.compose import compose
from trainyard.config.text import to_yaml
from trainyard.estimators.configured import SEEDS


def test_a_config_is_tracked_where_its_overrides_ask_for_it():
    plain = Classifier.from_config("dataset=iris")
    assert (plain.tracking, plain.run["tracking"]) == (None, {"name": "local"})
    asked = Classifier.from_config("dataset=iris", "tracking.drain=3")
    assert (asked.tracking, "tracking" in asked.run) == ({"name": "local", "drain": 3.0}, False)
    for estimator, overrides in ((plain, []), (asked, ["tracking.drain=3"])):
        assert estimator.to_config() == to_yaml(compose(["dataset=iris", "model=classifier", *overrides]))


def test_what_is_written_is_what_is_returned(tmp_path):
    regressor = Regressor(max_epochs=3, random_state=4)
    text = regressor.to_config(tmp_path / "config.yaml")
    assert (tmp_path / "config.yaml").read_text() == text
    assert "max_epochs: 3" in text
    assert "seed: 4" in text


@pytest.mark.parametrize("random_state", [7, None])
def test_a_seed_is_the_number_that_was_given_or_one_that_is_drawn(random_state):
    seed = Classifier(random_state=random_state)._seed()
    assert seed == 7 if random_state else 0 <= seed < SEEDS


def test_parameters_may_come_after_the_config():
    estimator = Classifier.from_config("dataset=iris", "training.max_epochs=1").set_params(hidden=(3,))
    assert estimator.fit(*flowers()).model_.network.output.in_features == 3
