import pytest

from trainyard.config.compose import compose
from trainyard.config.text import to_yaml
from trainyard.errors import ConfigError
from trainyard.estimators.composing import asks_for_tracking, composed


def test_overrides_lie_over_the_file_that_config_names(tmp_path):
    config = compose(["dataset=iris", "seed=4"])
    (tmp_path / "config.yaml").write_text(to_yaml(config))
    assert composed([f"config={tmp_path / 'config.yaml'}"]) == config
    assert composed([f"config={tmp_path / 'config.yaml'}", "seed=5"]).seed == 5


def test_a_run_cannot_be_resumed():
    with pytest.raises(ConfigError, match="resume=latest: an estimator goes on with warm_start or partial_fit"):
        composed(["resume=latest"])


@pytest.mark.parametrize(
    ("override", "asks"),
    [("tracking=server", True), ("tracking.uri=http://a", True), ("+tracking.drain=1", True), ("tags.a=1", False)],
)
def test_tracking_is_asked_for_by_its_key(override, asks):
    assert asks_for_tracking(["dataset=iris", override]) is asks
