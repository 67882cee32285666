from pathlib import Path

import pytest

from trainyard.errors import ConfigError
from trainyard.verbs.tracked import tracking_of


def test_where_runs_are_tracked_is_composed_from_arguments_and_conf(project: Path) -> None:
    assert tracking_of({"run": "latest"})().name == "local"
    assert tracking_of({"tracking": "off", "run": "latest"})().name == "off"
    server = tracking_of({"tracking": "server", "tracking.uri": "http://here:5000"})()
    assert (server.name, server.uri) == ("server", "http://here:5000")


def test_what_is_no_tracking_is_told_before_anyone_asks_for_it(project: Path) -> None:
    with pytest.raises(ConfigError, match="tracking=nope"):
        tracking_of({"tracking": "nope", "run": "latest"})
