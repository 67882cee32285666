"""A mistake in a config: what is wrong with which keys."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from trainyard.config.secrets import MASK, is_secret_key, mask_text


class Unresolved:
    """Stands for a value whose interpolation failed, which has been reported or follows from a value not given."""


@dataclass(frozen=True)
class Fault:
    """One sentence or two about keys that are wrong; `keys` are dotted and decide where it is listed."""

    text: str
    keys: tuple[str, ...] = ()
    missing: bool = False  # a value that has still to be given

    def __str__(self) -> str:
        return self.text


def key_fault(key: str, text: str, value: Any = None) -> Fault:
    """Return "key=value: text", or "key: text" where the value says nothing."""
    shown = "" if value is None else f"={show_value(value, key)}"
    return Fault(f"{key}{shown}: {text}", (key,))


def show_value(value: Any, key: str = "") -> str:
    """Return a value as it would be typed, short, and masked where it is a secret."""
    if is_secret_key(key):
        return MASK
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "null"
    if isinstance(value, list | tuple):
        return f"[{','.join(show_value(part) for part in value)}]"
    if isinstance(value, dict):
        return f"{{{','.join(f'{name}:{show_value(part, str(name))}' for name, part in value.items())}}}"
    text = mask_text(str(value).removesuffix(".0") if isinstance(value, float) else str(value))
    return text if len(text) <= 60 else text[:57] + "..."


def hide_values(fault: Fault, values: Mapping[str, Any], masked: Sequence[str]) -> Fault:
    """Return the fault without what those of the nested `values` are whose dotted keys are masked."""
    text = mask_text(fault.text)
    for key, value in _leaves(values) if masked else ():
        hidden = MASK if key in masked else show_value(_hidden_elements(key, value, masked))
        text = text.replace(f"{key}={show_value(value)}", f"{key}={hidden}")
    return replace(fault, text=text)


def in_order(faults: Iterable[Fault], typed_keys: Sequence[str]) -> list[str]:
    """Return the texts of faults without repeats: first those of the command line, in its order, then the others."""

    def rank(fault: Fault) -> int:
        places = [n for n, typed in enumerate(typed_keys) if any(_same(typed, key) for key in fault.keys)]
        return min(places, default=len(typed_keys))

    return list(dict.fromkeys(fault.text for fault in sorted(faults, key=rank)))


def _same(typed: str, key: str) -> bool:
    return typed == key or key.startswith(f"{typed}.") or typed.startswith(f"{key}.")


def _leaves(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _hidden_elements(key: str, value: Any, masked: Sequence[str]) -> Any:
    if not isinstance(value, list):
        return value
    return [MASK if f"{key}.{place}" in masked else element for place, element in enumerate(value)]
