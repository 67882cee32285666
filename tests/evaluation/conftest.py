"""What the tests of evaluation share: trained runs, opened, and the config that each was made with."""

import pytest

from tests.evaluation.trained import QUICK, RUNS, root_of, trained
from trainyard.config.compose import compose
from trainyard.evaluation.choose import own_rows
from trainyard.evaluation.evaluate import evaluate
from trainyard.evaluation.subject import open_subject


@pytest.fixture(scope="session")
def subjects():
    return {name: open_subject(trained(name)) for name in RUNS}


@pytest.fixture(scope="session")
def configs():
    return {name: compose([*QUICK, *overrides]) for name, overrides in RUNS.items()}


@pytest.fixture(scope="session")
def root():
    return root_of(trained("salmon"))


@pytest.fixture(scope="session")
def salmon(subjects):
    return subjects["salmon"]


@pytest.fixture(scope="session")
def tested(subjects, configs, root):
    """The evaluations of all runs on the rows that tested them."""
    return {
        name: evaluate(subject, own_rows(subject, configs[name], root, "test")) for name, subject in subjects.items()
    }
