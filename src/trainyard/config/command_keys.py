"""Keys that say what a train command does, and are no part of a config, such as resume=... and k_fold=..."""

from collections.abc import Sequence

from trainyard.config.keys import COMMAND_KEYS
from trainyard.config.overrides import shape_of
from trainyard.errors import ConfigError

FEWEST, MOST = 2, 1000  # folds


def take_command_keys(overrides: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Return the keys of the command with their values, and all other overrides; raise ConfigError for wrong ones."""
    found: dict[str, str] = {}
    others, faults = [], []
    for text in overrides:
        shape = shape_of(text)
        if shape.key not in COMMAND_KEYS:
            others.append(text)
        elif not (shape.value or "").strip():
            faults.append(f"{shape.key}: has no value; it names {COMMAND_KEYS[shape.key]}")
        elif shape.key in found:
            faults.append(f"{text}: {shape.key} is there twice")
        else:
            found[shape.key] = (shape.value or "").strip().strip("'\"")
    if "config" in found and "resume" in found:
        faults.append("config and resume: give one of them; a resumed run has its own config")
    if faults:
        raise ConfigError(faults)
    return found, others


def fold_overrides(k_fold: str | None, others: Sequence[str]) -> list[str]:
    """Return the overrides of a sweep over all folds, none without `k_fold`; raise ConfigError.

    They stand behind the `others`, so that the folds of one choice run one after the other.
    """
    if k_fold is None:
        return []
    if not (k_fold.isascii() and k_fold.isdigit() and FEWEST <= int(k_fold) <= MOST):
        raise ConfigError(f"k_fold={k_fold}: must be a whole number from {FEWEST} to {MOST}, such as k_fold=5")
    set_by_hand = [text for text in others if shape_of(text).key in ("dataset.folds", "dataset.fold")]
    if set_by_hand:
        raise ConfigError([f"{text}: k_fold={k_fold} sets it; leave out one of them" for text in set_by_hand])
    return [f"dataset.folds={k_fold}", f"dataset.fold={','.join(map(str, range(int(k_fold))))}"]
