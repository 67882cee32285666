"""A composed config to plain values, with every `${...}` in it filled in."""

from collections.abc import Iterator
from typing import Any

from hydra.core.hydra_config import HydraConfig
from omegaconf import Container, DictConfig, OmegaConf
from omegaconf.errors import InterpolationToMissingValueError, MissingMandatoryValue, OmegaConfBaseException

from trainyard.config.faults import Fault, Unresolved, key_fault
from trainyard.config.secrets import watch_environment


def resolve(cfg: DictConfig) -> tuple[dict[str, Any], tuple[str, ...], list[Fault]]:
    """Return the config without Hydra's part as plain values, the keys that the environment gave, and the faults.

    What cannot be resolved becomes Unresolved, with a fault unless it waits for a value that was not given.
    """
    masked: list[str] = []
    faults: list[Fault] = []
    keys = [str(key) for key in cfg if key != "hydra"]
    plain = {key: _plain(cfg._get_node(key)) for key in keys}
    with _hydra_config(cfg):
        for parts, text in list(_leaves(plain)):
            if "${" in text:
                _set_leaf(plain, parts, _resolve_leaf(cfg, parts, masked, faults))
    return plain, tuple(masked), faults


def _plain(node: Any) -> Any:
    return OmegaConf.to_container(node, resolve=False) if isinstance(node, Container) else node._value()


def _leaves(value: Any, parts: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Yield every text below a container with the keys that lead to it."""
    if isinstance(value, str):
        yield parts, value
    elif isinstance(value, dict | list):
        for part, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(inner, (*parts, part))


def _set_leaf(container: Any, parts: tuple[Any, ...], value: Any) -> None:
    for part in parts[:-1]:
        container = container[part]
    container[parts[-1]] = value


def _resolve_leaf(cfg: DictConfig, parts: tuple[Any, ...], masked: list[str], faults: list[Fault]) -> Any:
    path = ".".join(str(part) for part in parts)
    with watch_environment() as reads:
        try:
            value: Any = cfg
            for part in parts:
                value = value[part]
        except (InterpolationToMissingValueError, MissingMandatoryValue):
            return Unresolved
        except Exception as error:  # noqa: BLE001  # a resolver may raise anything
            faults.append(key_fault(path, first_line(error)))
            return Unresolved
        if reads:
            masked.append(path)
    return OmegaConf.to_container(value, resolve=True) if isinstance(value, Container) else value


class _hydra_config:
    """Let ${hydra:...} in a config be resolved meanwhile."""

    def __init__(self, cfg: DictConfig):
        self.cfg = cfg

    def __enter__(self) -> None:
        self.before = HydraConfig.instance().cfg
        HydraConfig.instance().set_config(self.cfg)

    def __exit__(self, *error: object) -> None:
        HydraConfig.instance().cfg = self.before
        OmegaConf.set_readonly(self.cfg.hydra, False)


def first_line(error: BaseException) -> str:
    """Return what an error of Hydra or OmegaConf says, without the rest that it adds."""
    cause = error.__cause__ if isinstance(error.__cause__, OmegaConfBaseException) else error
    lines = [line.strip() for line in (str(cause) or str(error)).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
