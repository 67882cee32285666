"""Three hundred overrides made from the schema: the right ones compose, each wrong one is told in a sentence."""

import random
from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import pytest

from trainyard.config.compose import Composer
from trainyard.config.keys import CHOSEN, FIXED, top_keys
from trainyard.config.schema.augment import Augment
from trainyard.config.schema.declared import Key, keys_of
from trainyard.errors import ConfigError

PER_COMMAND = 6
# keys whose values hang together with others; each rule has a test of its own
TIED = {
    "dataset.split", "dataset.val_path", "dataset.split_column", "dataset.target", "training.monitor",
    "training.direction", "training.max_time", "training.overfit_batches", "training.limit_batches", "tracking.uri",
    "training.checkpoint_every", "training.engine", "accelerator.processes", "accelerator.nodes", "accelerator.device",
    "accelerator.precision", "dataset.time", "dataset.weight", "dataset.folds", "dataset.fold",
    "schedule.warmup_steps", "dataset.encoding", "dataset.delimiter", "dataset.decimal", "schedule.patience",
    "training.max_epochs", "training.max_steps", "optimizer.momentum", "model.huber_delta", "training.validate_every",
    "training.patience", "network.normalization", "network.kernel", "network.widths", "network._target_",
    "schedule.every", "model.loss", "model.loss_target", "model.focal_gamma", "model.label_smoothing",
    "model.quantiles", "dataset.transform", "dataset.path", "dataset.y_path", "dataset.size", "dataset._target_",
    "trusted", "run_name", "dataset.group", "dataset.ignore",
}  # fmt: skip
WORDS = ["plain", "two words", "ümläut", "a=b", "x/y.csv", "50%", "it's", "(a)", "~home", "#1", "a;b", "C:\\x"]


def classes() -> Iterator[tuple[str, list[str], type]]:
    """Every option: its section, what to type to choose it, its class."""
    for section, (_, options) in CHOSEN.items():
        for option, cls in options.items():
            typed = [f"{section}={option}"]
            if option == "csv":
                typed += ["dataset.path=t.csv", "dataset.target=y"]
            typed += {"idx": ["dataset.path=mnist"], "image_folder": ["dataset.path=birds"],
                      "arrays": ["dataset.path=t.npz"],
                      "custom": ["dataset._target_=own.load", "dataset.target=y", "trusted=own"]}.get(option, [])
            if option == "regressor":
                typed += ["dataset=salmon"]
            if option == "custom" and section == "network":
                typed += ["network._target_=mine.Net", "trusted=mine"]
            yield section, typed, cls
    yield "dataset.augment", ["dataset=digits"], Augment
    for section, cls in FIXED.items():
        yield section, [], cls


def right_value(annotation: Any, key: Key, rng: random.Random) -> str:
    """A value that the key takes, as one would type it."""
    if get_origin(annotation) in (Union, UnionType):
        return right_value(rng.choice(get_args(annotation)), key, rng)
    if annotation is NoneType:
        return rng.choice(["null", ""])
    if get_origin(annotation) is Literal:
        return rng.choice(get_args(annotation))
    if get_origin(annotation) is tuple:
        if get_args(annotation)[0] is int:
            return f"[{','.join(right_value(int, key, rng) for _ in range(rng.randint(1, 3)))}]"
        if get_args(annotation)[0] is float:
            return "[0.1,0.5,0.9]"
        return rng.choice(["[a,b]", "[]", "one", "[two words, c]"])
    if annotation is bool:
        return rng.choice(["true", "false", "True", "no"])
    if annotation is str:
        return rng.choice(WORDS)
    bounds = key.field.metadata
    low = bounds["ge"] if bounds["ge"] is not None else bounds["gt"] if bounds["gt"] is not None else -5
    high = bounds["le"] if bounds["le"] is not None else bounds["lt"] if bounds["lt"] is not None else 50
    if annotation is int:
        return str(rng.randint(int(low), int(min(high, low + 50)) - (1 if bounds["lt"] is not None else 0)))
    part = rng.uniform(0.05, 0.45)
    return rng.choice([f"{low + part * (high - low):.6g}", f"{low + part * (high - low):.3e}"])


def wrong_value(key: Key, rng: random.Random) -> str | None:
    """A value that the key does not take; None if it takes any text."""
    annotation, bounds = key.type, key.field.metadata
    parts = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    if str in parts:
        return rng.choice(["[a,b]", "{a: 1}"])
    if int in parts or float in parts:
        beyond = [str(bounds[name] - 1) for name in ("ge", "gt") if bounds[name] is not None]
        beyond += [str(bounds[name] + 1) for name in ("le", "lt") if bounds[name] is not None]
        return rng.choice([*beyond, "[1]", "many", "nan", "{a: 1}", "true"])
    if annotation is bool:
        return rng.choice(["maybe", "2", "[true]"])
    if get_origin(annotation) is Literal:
        return rng.choice(["something", "[a]", "-1"])
    if annotation == tuple[int, ...]:
        return rng.choice(["[a]", "[1.5]", "wide", "{a: 1}", "[0]"])
    return None


def mistyped(name: str, known: set[str], rng: random.Random) -> str:
    """The name with one letter missing, doubled or swapped, which is no name itself."""
    place = rng.randrange(len(name) - 1)
    wrong = rng.choice([
        name[:place] + name[place + 1 :], name[:place] + name[place] + name[place:],
        name[:place] + name[place + 1] + name[place] + name[place + 2 :],
    ])  # fmt: skip
    return wrong if wrong not in known and not wrong.startswith("_") else f"{name}x"


def overrides(kind: str, number: int) -> list[tuple[list[str], list[str]]]:
    """Command lines as (what chooses the option, overrides of one kind), with `number` overrides altogether."""
    rng = random.Random(20260101 + len(kind))
    options = [*classes(), ("", [], type(None))]
    lines: list[tuple[list[str], list[str]]] = []
    total = 0
    while total < number:
        section, typed, cls = rng.choice(options)
        keys = top_keys() if not section else {name: key for name, key in keys_of(cls).items() if key.doc}
        prefix = f"{section}." if section else ""
        names = [name for name, key in keys.items() if f"{prefix}{name}" not in TIED and not key.is_mapping
                 and key.section is None]
        made = []
        for name in rng.sample(names, min(PER_COMMAND, len(names), number - total)):
            mark = rng.choice(["", "", "+", "++"])
            if kind == "right":
                made.append(f"{mark}{prefix}{name}={right_value(keys[name].type, keys[name], rng)}")
            elif kind == "unknown":
                made.append(f"{mark}{prefix}{mistyped(name, set(keys), rng)}=3")
            elif (value := wrong_value(keys[name], rng)) is not None:
                made.append(f"{mark}{prefix}{name}={value}")
        if made:
            lines.append((typed, made))
            total += len(made)
    return lines


@pytest.mark.parametrize(("typed", "made"), overrides("right", 170))
def test_right_overrides_compose(composer: Composer, typed: list[str], made: list[str]) -> None:
    config = composer.compose([*typed, *made]).config
    assert config.training.batch_size >= 1


@pytest.mark.parametrize(("typed", "made"), [*overrides("wrong", 80), *overrides("unknown", 70)])
def test_each_wrong_override_is_told_in_a_sentence(composer: Composer, typed: list[str], made: list[str]) -> None:
    with pytest.raises(ConfigError) as error:
        composer.compose([*typed, *made])
    told = error.value.faults
    for override in made:
        key = override.lstrip("+").partition("=")[0]
        mine = [fault for fault in told if fault.startswith((f"{key}:", f"{key}="))]
        assert len(mine) == 1, (override, told)
    assert len(told) == len(made)
    assert not [fault for fault in told if "\n" in fault or "Traceback" in fault or "omegaconf" in fault.lower()]


def test_there_are_three_hundred_and_most_are_right() -> None:
    kinds = (("right", 170), ("wrong", 80), ("unknown", 70))
    counts = [sum(len(made) for _, made in overrides(*kind)) for kind in kinds]
    assert sum(counts) >= 300
    assert counts[0] >= sum(counts) / 2
