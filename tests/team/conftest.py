"""A team's servers, started once, and what is seen of them from outside."""

import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from tests.team.servers import Servers
from trainyard.tracking.store import Store
from trainyard.tracking.target import target

SECRETS = {
    "POSTGRES_PASSWORD": "planted-postgres-password",
    "AWS_ACCESS_KEY_ID": "plantedstorekey",
    "AWS_SECRET_ACCESS_KEY": "planted-store-secret",
}


@pytest.fixture(scope="session")
def servers(tmp_path_factory) -> Iterator[Servers]:
    """Postgres, an S3-compatible store and MLflow's server over both."""
    servers = Servers(tmp_path_factory.mktemp("servers"), SECRETS)
    try:
        servers.start()
        yield servers
    finally:
        servers.stop()


@pytest.fixture(scope="session")
def far(servers) -> Store:
    """The server's MLflow, as a client sees it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what MLflow and its packages say of each other on import
        store = Store(target(servers.tracking_uri, servers.folder))
        store.warm_up()
    return store


@pytest.fixture(scope="session")
def s3(servers) -> Any:
    """A client of the store behind the server."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import boto3

        keys = {name.lower(): value for name, value in servers.keys.items()}
        return boto3.client("s3", endpoint_url=servers.store_uri, region_name="us-east-1", **keys)
