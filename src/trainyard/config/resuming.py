"""What may be changed when a run goes on: freely, with a warning, or not at all."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from trainyard.config.faults import show_value
from trainyard.config.keys import CHOSEN
from trainyard.config.schema.run import Config
from trainyard.config.secrets import MASK
from trainyard.config.text import to_dict
from trainyard.errors import ConfigError

FREELY = (
    "note", "tags", "tracking", "dataset.path", "dataset.val_path", "dataset.test_path", "training.progress",
    "training.profile", "training.block", "training.eval_batch_size", "training.checkpoint_every",
    "training.checkpoint_steps", "training.checkpoint_epochs", "training.keep_checkpoints",
)  # fmt: skip
# what changes the training from here on, and so makes it another one than a run that was begun so
WITH_WARNING = (
    "training.max_epochs", "training.max_steps", "training.max_time", "training.patience", "training.min_delta",
    "training.validate_every", "training.restore_best", "training.clip_norm", "training.engine", "optimizer.lr",
    "optimizer.weight_decay", "schedule", "accelerator.name", "accelerator.device", "accelerator.threads",
)  # fmt: skip


def check_changes(before: Config, after: Config, folder: Path) -> list[str]:
    """Return a warning for each setting that a resumed run has otherwise than before.

    Raises ConfigError with every one that it cannot have otherwise.
    """
    warnings, faults = [], []
    for key, old, new in differences(to_dict(before), to_dict(after)):
        shown = f"{key}={show_value(new, key)}"
        if _is_among(key, FREELY):
            continue
        if _is_among(key, WITH_WARNING):
            warnings.append(f"{shown} from here on; it was {show_value(old, key)}")
        else:
            faults.append(f"{shown}: the run was begun with {show_value(old, key)}, and keeps it")
    if faults:
        faults[-1] += f".\nFor a new run write config={folder / 'config.yaml'} instead of resume"
        raise ConfigError(faults)
    return warnings


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Yield keys whose values differ, with both values; a section whose option differs as one, such as network.

    A key that is not there is None, and a masked value equals every other.
    """
    for section, (discriminator, _) in CHOSEN.items():
        old, new = (values.get(section, {}).get(discriminator) for values in (before, after))
        if old != new:
            yield section, old, new
            before, after = ({**values, section: None} for values in (before, after))
    yield from _differing("", before, after)


def _differing(prefix: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for name in dict.fromkeys([*before, *after]):
        old, new, key = before.get(name), after.get(name), f"{prefix}{name}"
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _differing(f"{key}.", old, new)
        elif old != new and MASK not in (old, new):
            yield key, old, new


def _is_among(key: str, names: tuple[str, ...]) -> bool:
    return any(key == name or key.startswith(f"{name}.") for name in names)
