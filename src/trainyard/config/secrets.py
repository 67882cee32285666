"""What must not be written down: values of secret-looking keys, values from the environment, passwords in addresses."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

MASK = "***"
SECRET_KEY = re.compile(
    r"passw(?:or)?ds?(?![a-z])|passphrase|secrets?(?![a-z])|tokens?(?![a-z])|api[_-]?keys?(?![a-z])"
    r"|(?:^|[_-])(?:pwd|bearer|auth|authorization|credentials?)(?:$|[_-])"
    r"|(?:access|account|anthropic|app|aws|azure|client|deploy|encryption|gcp|github|gitlab|google|hf|huggingface|license"
    r"|master|openai|private|service|shared|signing|ssh|storage|subscription|wandb)[_-]?keys?(?![a-z])",
    re.IGNORECASE,
)
CREDENTIALS_IN_ADDRESS = re.compile(r"(?<=://)[^/@\s]+(?=@)")
SHORTEST_SECRET = 6  # characters; shorter values of the environment would mask innocent text
PUBLIC_VARIABLES = re.compile(r"HOME|USER|LOGNAME|USERNAME|HOSTNAME|PWD|TMPDIR|SLURM_\w+")
READ_VARIABLES = "TRAINYARD_READ_VARIABLES"  # names of variables that configs read, for the processes that are started

_environment_reads: list[str] = []


def is_secret_key(key: str) -> bool:
    """Whether the last part of a dotted key names a secret: tags.api_key, MLFLOW_TRACKING_TOKEN."""
    return bool(SECRET_KEY.search(_separated(key.rsplit(".", 1)[-1])))


def mask_text(text: str) -> str:
    """Return the text without passwords in addresses and without what environment variables say.

    Masked are the values of the variables whose names are those of secrets, and of those that a config read, in this
    process or in the one that started it; values of fewer than six characters stay.
    """
    text = CREDENTIALS_IN_ADDRESS.sub(MASK, text)
    read = _read_variables()
    for name, value in os.environ.items():
        if name in read or (value in text and is_secret_key(name) and not PUBLIC_VARIABLES.fullmatch(name)):
            for form in _forms(value):
                text = text.replace(form, MASK)
    return text


def mask_texts(value: Any) -> Any:
    """Return nested plain values with every text in them masked as `mask_text` does."""
    if isinstance(value, Mapping):
        return {name: mask_texts(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [mask_texts(inner) for inner in value]
    return mask_text(value) if isinstance(value, str) else value


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

    if name in os.environ and not PUBLIC_VARIABLES.fullmatch(name):
        _environment_reads.append(name)
        os.environ[READ_VARIABLES] = " ".join(sorted({name, *_read_variables()}))
    return oc.env(name, *default)


def forget_environment(text: str) -> None:
    """Let the text that is being resolved count as no secret, unless the value of a variable is all in it."""
    if not any(form in text for name in _environment_reads for form in _forms(os.environ.get(name, ""))):
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


def _read_variables() -> list[str]:
    return os.environ.get(READ_VARIABLES, "").split()


def _forms(value: str) -> list[str]:
    """Return a value that is not too short as it is, and as a path is written that was made of it."""
    forms = {value, os.path.normpath(os.path.expanduser(value))} if "/" in value else {value}
    return sorted(form for form in forms if len(form) >= SHORTEST_SECRET)


def _separated(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
