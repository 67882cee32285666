"""What rules are made of."""

import pytest

from tests.config.conftest import compose_quickly
from trainyard.config.rules import find_clashes
from trainyard.config.rules.rule import RULES, setting, task_of


@pytest.mark.parametrize(
    ("command", "task"),
    [
        (["dataset=digits"], "classification"),
        (["dataset=salmon"], "regression"),
        (["dataset=salmon", "dataset.target=age_years"], None),
        (["dataset=iris", "dataset.target=sepal_length", "model=regressor"], "regression"),
        (["dataset=csv", "dataset.path=t.csv", "dataset.target=y"], None),
        (["dataset=csv", "dataset.path=t.csv", "dataset.target=y", "model=classifier"], "classification"),
    ],
)
def test_the_task_is_known_where_the_config_decides_it(command: list[str], task: str | None) -> None:
    assert task_of(compose_quickly(command)) == task


def test_a_right_config_breaks_no_rule() -> None:
    assert len(RULES) >= 15
    assert find_clashes(compose_quickly()) == []


def test_a_setting_is_shown_as_typed_without_secrets() -> None:
    assert setting("dataset.target", ("a", "b")) == "dataset.target=[a,b]"
    assert setting("tags.token", "hunter22") == "tags.token=***"
