"""What is wrong with the overrides of a command line, each looked at by itself."""

import re
from collections.abc import Sequence

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, ValueType
from hydra.errors import HydraException

from trainyard.config.faults import Fault
from trainyard.config.keys import DISCRIMINATORS, OVERLAYS, key_variants
from trainyard.config.launchers import LAUNCHERS
from trainyard.config.nearest import did_you_mean, listed, nearest
from trainyard.config.overrides import Groups, Shape, hydra_line, key_at, shape_of
from trainyard.config.secrets import masked_overrides

TABLE = re.compile(r"\.(csv|tsv|txt|parquet|pq|feather|arrow)(\.gz)?$", re.IGNORECASE)
# what other tools call an option of ours
OTHER_OPTIONS = {
    "cuda": "gpu", "mlflow": "local", "sqlite": "local", "none": "off", "logistic": "linear", "dense": "mlp",
    "mnist": "digits", "momentum": "sgd", "onecycle": "one_cycle", "resnet9": "resnet", "convnet": "cnn",
    "steplr": "step",
}  # fmt: skip
# options that others have and why they are not here
REFUSED_OPTIONS = {
    ("optimizer", "lbfgs"): "computes the loss of all rows several times for one step, where a training here takes "
        "minibatches; take adamw, or sgd with a large training.batch_size",
    ("optimizer", "rprop"): "is for steps over all rows at once, where a training here takes minibatches; take rmsprop",
    ("optimizer", "sparse_adam"): "is for sparse gradients, and those of embeddings are dense here; take adam",
    ("optimizer", "asgd"): "averages weights that torch does not use; take sgd",
    ("optimizer", "muon"): "moves the matrices of hidden layers alone, and every network has others; take adamw",
}  # fmt: skip


def read_overrides(texts: Sequence[str], groups: Groups, *, sweeping: bool) -> tuple[list[str], list[Fault]]:
    """Return the lines for Hydra of the overrides that can be used, and the faults of the others."""
    lines: list[str] = []
    faults: list[Fault] = []
    for text in texts:
        fault = _find_fault(text, groups, sweeping)
        if fault is None:
            lines.append(hydra_line(text, groups))
        else:
            faults.append(Fault(f"{_masked(text)}: {fault}", (shape_of(text).key,)))
    return lines, faults


def _masked(text: str) -> str:
    return masked_overrides([text])[0]


def _find_fault(text: str, groups: Groups, sweeping: bool) -> str | None:
    shape = shape_of(_masked(text))
    if shape.value is None and shape.prefix != "~":
        return _not_an_assignment(shape, groups)
    if not shape.key:
        return "has no key; write key=value, without spaces around the ="
    if shape.has_package:
        return f"packages are not used here; write {shape.key.split('@')[0]}=<option>"
    parser = OverridesParser.create()
    try:
        override = parser.parse_override(hydra_line(text, groups))
    except HydraException as error:
        return _bad_syntax(shape, error)
    is_group = groups.is_group(shape.key)
    if override.is_sweep_override() and not sweeping:
        return _sweep_without_multirun(shape, is_group)
    if is_group:
        return _wrong_option(shape, override, groups)
    if shape.is_hydra:
        return None
    if shape.key in DISCRIMINATORS:
        return f"is set by the choice of an option; write {DISCRIMINATORS[shape.key]}={shape.value}"
    key = key_at(shape.key)
    if key is not None and key.is_mapping and shape.key in key_variants() and isinstance(override.value(), list):
        example = key.example or ("{owner: me}" if key.is_text else "{width: 32}")
        return f"must be names with values, such as {example}"
    if shape.prefix == "~" and key_at(shape.key) is not None and not shape.key.startswith("tags."):
        return f"a key cannot be taken away; write {shape.key}=<value>"
    return None


def _not_an_assignment(shape: Shape, groups: Groups) -> str:
    word = shape.key
    if groups.is_group(word):
        return f"which one? Write {word}=<option>: {listed(groups.options(word), 'or')}"
    if key_at(word) is not None:
        return f"has no value; write {word}=<value>, without spaces around the ="
    if ":" in word and (nearest(word.split(":")[0], key_variants()) or groups.is_group(word.split(":")[0])):
        key, value = word.split(":", 1)
        return f"write {key}={value.strip()}"
    owners = [group for group in groups.groups() if word in groups.options(group)]
    if owners:
        return f"is not key=value; did you mean {listed([f'{group}={word}' for group in owners], 'or')}?"
    return f"is not key=value{did_you_mean(word, [*groups.groups(), *key_variants()])}"


def _bad_syntax(shape: Shape, error: HydraException) -> str:
    value = shape.value or ""
    for opening, closing in (("[", "]"), ("{", "}"), ("(", ")")):
        if value.count(opening) != value.count(closing):
            missing = closing if value.count(opening) > value.count(closing) else opening
            return f"a {missing} is missing"
    if value[:1] in ("'", '"') and (len(value) == 1 or value[-1] != value[0]):
        return "the closing quote is missing"
    if " " in shape.key.strip():
        return "a key has no spaces"
    if not re.fullmatch(r"[\w./-]+", shape.key, re.ASCII):
        return f"{shape.key!r} cannot be a key{did_you_mean(shape.key, key_variants())}"
    if "Unknown function" in str(error):
        return f"quote a value that has brackets: {shape.key}=\"'{value}'\""
    return f"cannot be read; quote a value that has other characters than letters, digits and . / - _: " \
           f"{shape.key}=\"'{value}'\""  # fmt: skip


def _sweep_without_multirun(shape: Shape, is_group: bool) -> str:
    key = key_at(shape.key)
    if key is None and shape.key.startswith("network.layers."):
        return f"several values make a sweep, which needs -m; for a list write {shape.key}=[{shape.value}]"
    if is_group or key is None:
        return "several values make a sweep; add -m, or choose one"
    if str(key.type).startswith("tuple"):
        return f"several values make a sweep, which needs -m; for a list write {shape.key}=[{shape.value}]"
    if key.is_text:
        quoted = f"{shape.key}=\"'{shape.value}'\""
        return f"several values make a sweep, which needs -m; for a text with a comma write {quoted}"
    return "several values make a sweep; add -m, or give one"


def _wrong_option(shape: Shape, override: Override, groups: Groups) -> str | None:
    group, known = shape.key, groups.options(shape.key)
    there = f"there are {listed(known)}" if len(known) > 1 else f"there is {listed(known)}"
    if shape.prefix == "~" or override.is_delete():
        if group in OVERLAYS or shape.is_hydra:
            return None
        return f"one {group} has to be chosen; {there}"
    if override.value_type is ValueType.GLOB_CHOICE_SWEEP:
        return None if override.value().filter(known) else f"matches no {group}; {there}"  # type: ignore[union-attr]
    value = override.value()
    values = list(override.sweep_iterator()) if override.is_sweep_override() else [value]
    for option in values:
        several = option if isinstance(option, list) and group in OVERLAYS else [option]
        for name in several:
            if not isinstance(name, str | int) or isinstance(name, bool):
                return f"must be one {group}; {there}. Keys of it are set as {group}.<key>=<value>"
            if (group, str(name)) in REFUSED_OPTIONS:
                return REFUSED_OPTIONS[group, str(name)]
            if str(name) not in known and group == "hydra/launcher" and name in LAUNCHERS.values():
                package = f"hydra-{str(name).partition('_')[0]}-launcher"
                return f"is not installed; it comes with pip install {package}"
            if str(name) not in known:
                own = TABLE.search(str(name)) if group == "dataset" else None
                if own:
                    return f"for a table of your own write dataset=csv dataset.path={name} dataset.target=<column>"
                return f"no such {group}{_suggest_option(str(name), known)} {there[0].upper()}{there[1:]}."
    return None


def _suggest_option(name: str, known: Sequence[str]) -> str:
    close = nearest(OTHER_OPTIONS.get(name, name), known)
    return f"; did you mean {close}?" if close else "."
