"""Where runs are tracked: the address of MLflow, without a word of what must stay secret."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from trainyard.config.schema.run import Tracking
from trainyard.errors import ConfigError

DATABASES = ("sqlite", "postgresql", "mysql", "mssql")
SECRETS = ("MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_TOKEN", "DATABRICKS_TOKEN")


@dataclass(frozen=True)
class Target:
    """An MLflow that runs are written to, for the project at `root`."""

    uri: str = field(repr=False)  # may hold the password of a database: goes into the mirror's environment only
    root: Path
    login: tuple[str, str] | None = field(default=None, repr=False)  # user and password that stood in a server's URI

    @property
    def name(self) -> str:
        """The address without user, password and query: what may be shown, and stand in files."""
        if self.database is not None:
            return self.uri
        parts = urlsplit(self.uri)
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))

    @property
    def database(self) -> Path | None:
        """The file, if MLflow is an SQLite database that is opened directly."""
        return Path(self.uri.removeprefix("sqlite:///")) if self.uri.startswith("sqlite:///") else None

    @property
    def artifacts(self) -> Path | None:
        """Folder for files of runs where the mirror chooses it; None where a server does."""
        return self.root / "mlartifacts" if self.uri.startswith(DATABASES) else None

    def environment(self) -> dict[str, str]:
        """Variables by which a process finds this MLflow."""
        env = {"MLFLOW_TRACKING_URI": self.uri}
        if self.login is not None:
            env["MLFLOW_TRACKING_USERNAME"], env["MLFLOW_TRACKING_PASSWORD"] = self.login
        return env

    def hide(self, text: str) -> str:
        """`text` without the passwords and tokens that this process knows of."""
        password = urlsplit(self.uri).password
        secrets = [os.environ.get(name) for name in SECRETS] + [password, password and unquote(password)]
        for secret in filter(None, secrets):
            text = text.replace(secret, "***")
        return text


def resolve(tracking: Tracking, root: Path, env: Mapping[str, str] | None = None) -> Target | None:
    """Where a config says that runs are tracked; None for tracking=off.

    A server's `tracking.uri` comes before MLFLOW_TRACKING_URI; without either it is `mlflow.db` at the root. Raises
    ConfigError for a server without an address and for a folder, which MLflow does not write to any more.
    """
    env = os.environ if env is None else env
    if tracking.name == "off":
        return None
    given = (tracking.uri if tracking.name == "server" else None) or env.get("MLFLOW_TRACKING_URI") or ""
    if not given and tracking.name == "server":
        raise ConfigError("tracking=server needs an address: set tracking.uri or the variable MLFLOW_TRACKING_URI.")
    return target(given or f"sqlite:///{root.resolve() / 'mlflow.db'}", root)


def target(uri: str, root: Path) -> Target:
    """The MLflow at an address as a user writes it. Raises ConfigError for a folder."""
    root = root.resolve()
    if uri.startswith("sqlite:///"):
        return Target(f"sqlite:///{Path(uri.removeprefix('sqlite:///')).absolute()}", root)
    if not re.match(r"[a-z][a-z0-9+.-]*(://|$)", uri) or uri.startswith("file:"):
        raise ConfigError(
            f"MLFLOW_TRACKING_URI or tracking.uri is a folder, {uri}, and MLflow does not write to folders any more. "
            "Leave it out for mlflow.db at the project root, or give sqlite:///path/of/a.db or http://host:port."
        )
    parts = urlsplit(uri)
    if parts.scheme in ("http", "https") and parts.password is not None:
        address = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, parts.query, ""))
        return Target(address, root, (unquote(parts.username or ""), unquote(parts.password)))
    return Target(uri, root)
