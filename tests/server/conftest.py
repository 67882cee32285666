"""What the tests of the server share: served models of a table and of images, made without training."""

import pytest

from tests.inference.packages import make_package, package_images
from trainyard.config.schema.run import Tracking
from trainyard.server.served_model import open_served


def served(folder):
    return open_served(str(folder), folder.parent, lambda: Tracking(name="off"))


@pytest.fixture(scope="session")
def table_model(tmp_path_factory):
    """A classifier of rows with numbers, categories, flags and dates; MLflow loads it as it would serve it."""
    folder = tmp_path_factory.mktemp("table") / "model"
    make_package(folder)
    with served(folder) as opened:
        yield opened


@pytest.fixture(scope="session")
def small_images(tmp_path_factory):
    """A classifier of images (1, 4, 3), which have a column per pixel."""
    folder = tmp_path_factory.mktemp("small") / "model"
    package_images(folder, (1, 4, 3))
    with served(folder) as opened:
        yield opened


@pytest.fixture(scope="session")
def large_images(tmp_path_factory):
    """A classifier of images (3, 20, 20), which are one column."""
    folder = tmp_path_factory.mktemp("large") / "model"
    package_images(folder, (3, 20, 20))
    with served(folder) as opened:
        yield opened
