"""What must not be written down: values of secret-looking keys, values from the environment, passwords in addresses."""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

MASK = "***"
SECRET_KEY = re.compile(
    r"(?:^|[_.-])(password|passwd|pwd|passphrase|token|secret|credentials?|api_?key|private_?key|access_?key|auth)"
    r"(?:$|[_.-])",
    re.IGNORECASE,
)
CREDENTIALS_IN_ADDRESS = re.compile(r"(?<=://)[^/@\s]+(?=@)")
SHORTEST_SECRET = 6  # characters; shorter values of the environment would mask innocent text

_environment_reads: list[str] = []


def is_secret_key(key: str) -> bool:
    """Whether the last part of a dotted key names a secret: tags.api_key, MLFLOW_TRACKING_TOKEN."""
    return bool(SECRET_KEY.search(_separated(key.rsplit(".", 1)[-1])))


def mask_text(text: str) -> str:
    """Return the text without passwords in addresses and without the values of secret environment variables."""
    text = CREDENTIALS_IN_ADDRESS.sub(MASK, text)
    for name, value in os.environ.items():
        if len(value) >= SHORTEST_SECRET and value in text and is_secret_key(name):
            text = text.replace(value, MASK)
    return text


def masked_overrides(overrides: Iterable[str]) -> list[str]:
    """Return overrides as typed, with the values of secret-looking keys masked."""
    return [_masked_override(override) for override in overrides]


def masked_command(argv: Iterable[str]) -> str:
    """Return a command line as one string, quoted for a shell, with secrets masked."""
    import shlex

    return shlex.join(masked_overrides(argv))


def environment_value(name: str, *default: object) -> object:
    """Return an environment variable for ${oc.env:NAME,default}, remembering that it was read."""
    from omegaconf.resolvers import oc

    if name in os.environ:
        _environment_reads.append(name)
    return oc.env(name, *default)


def forget_environment() -> None:
    """Let the value that is being resolved count as no secret."""
    _environment_reads.clear()


@contextmanager
def watch_environment() -> Iterator[list[str]]:
    """Collect the names of the environment variables that are read meanwhile."""
    _environment_reads.clear()
    yield _environment_reads
    _environment_reads.clear()


def _masked_override(override: str) -> str:
    key, equals, value = override.partition("=")
    if equals and value and is_secret_key(key.lstrip("+~")):
        return f"{key}={MASK}"
    nested = re.compile(r"(?P<key>[\w.-]+)(?P<colon>\s*:\s*)(?!//)(?P<value>[^,}\]]+)")
    value = nested.sub(lambda m: m["key"] + m["colon"] + (MASK if is_secret_key(m["key"]) else m["value"]), value)
    return mask_text(f"{key}{equals}{value}")


def _separated(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
