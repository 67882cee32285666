"""How an option file of conf/ reads: each key of its schema class, below a comment with its meaning and unit.

`python -m tests.config.option_text` writes the files anew after the schema has changed; a test compares them.
"""

import inspect
import textwrap
from collections.abc import Mapping
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import yaml

from trainyard.config import keys
from trainyard.config.keys import CHOSEN, FIXED, top_keys
from trainyard.config.schema.declared import Key, keys_of
from trainyard.config.schema.layers import LayerKeys

CONF = Path(__file__).parents[2] / "conf"
WIDTH = 112
HEADERS = {
    "accelerator/auto": "A GPU if there is one, else the CPU.",
    "accelerator/cpu": "The CPU, also where there is a GPU; for small models it is often the faster one.",
    "accelerator/gpu": "A CUDA GPU; refused where there is none.",
    "accelerator/mps": "The GPU of a Mac with Apple silicon; refused elsewhere.",
    "accelerator/ddp_cpu": "Processes on the CPU that share each minibatch; to try without GPUs what runs on many.",
    "accelerator/ddp_gpu": "A process a GPU, each with its part of each minibatch (distributed data parallel).",
    "accelerator/fsdp": "A process a GPU, each with its part of the weights too (fully sharded), for networks larger "
                        "than one GPU's memory.",
    "tracking/local": "MLflow in mlflow.db at the project root: a plain `mlflow ui` there shows every run.",
    "tracking/server": "An MLflow server, at tracking.uri or MLFLOW_TRACKING_URI.",
    "tracking/off": "No MLflow; the run folder still has everything, and `trainyard sync run=latest` brings it there.",
}
VALUES = {
    "dataset/digits": {"name": "digits", "target": "digit"},
    "dataset/iris": {"name": "iris", "target": "species"},
    "dataset/diabetes": {"name": "diabetes", "target": "progression"},
    "dataset/salmon": {"name": "salmon", "target": "length_mm"},
    "network/custom": {"_target_": "???"},
    "dataset/wine": {"name": "wine", "target": "cultivar"},
    "dataset/breast_cancer": {"name": "breast_cancer", "target": "diagnosis"},
    "dataset/linnerud": {"name": "linnerud", "target": ["weight", "waist", "pulse"]},
    "dataset/idx": {"name": "${stem:${dataset.path}}", "target": "label", "path": "???"},
    "dataset/image_folder": {"name": "${stem:${dataset.path}}", "target": "label", "path": "???"},
    "dataset/arrays": {"name": "${stem:${dataset.path}}", "target": "y", "path": "???"},
    "dataset/custom": {"name": "custom", "target": "???", "_target_": "???"},
    "dataset/csv": {"name": "${stem:${dataset.path}}", "target": "???", "path": "???"},
}


def option_class(option: str) -> type:
    """Return the schema class of dataset/digits, accelerator/cpu, ..."""
    group, name = option.split("/")
    return CHOSEN[group][1][name] if group in CHOSEN else FIXED[group]


def shipped_options() -> list[str]:
    """Return every option that conf/ has to have, as group/option."""
    return [f"{group}/{name}" for group, names in keys.shipped_options().items() for name in names]


def option_values(option: str) -> dict[str, Any]:
    """Return the values of an option file: the schema's defaults, and what this option sets."""
    group, name = option.split("/")
    values = {key.name: key.default for key in keys_of(option_class(option)).values()}
    if group in FIXED:
        values["name"] = name
    return values | VALUES.get(option, {})


def option_text(option: str) -> str:
    """Return the whole text of an option file."""
    header = HEADERS.get(option) or inspect.cleandoc(option_class(option).__doc__ or "")
    return comment(" ".join(header.split())) + "\n" + keys_text(keys_of(option_class(option)), option_values(option))


def keys_text(shown: Mapping[str, Key], values: Mapping[str, Any], indent: str = "") -> str:
    """Return `key: value` lines, each below its comment; the key that names the class comes first."""
    ordered = sorted(shown.values(), key=lambda key: bool(key.doc))
    return "".join(key_comment(key, indent) + key_text(key, values[key.name], indent) for key in ordered)


def key_text(key: Key, value: Any, indent: str) -> str:
    """Return `key: value`; below a key that holds keys itself, those with their comments; layers on a line each."""
    if key.section:
        return f"{indent}{key.name}:\n" + keys_text(keys_of(key.section), vars(value), f"{indent}  ")
    if key.is_layers:
        return f"{indent}{key.name}:\n" + "".join(f"  {name}: {flow(dict(layer))}\n" for name, layer in value.items())
    return f"{indent}{key.name}: {flow(value)}\n"


def key_comment(key: Key, indent: str = "") -> str:
    """Return the comment above a key: meaning, unit, values to choose from."""
    if not key.doc:
        return ""
    notes = key.doc + (f" [{key.unit}]" if key.unit else "")
    if choices := literal_choices(key.type):
        notes += f" ({' | '.join(choices)})"
    text = comment(notes, indent)
    if key.nested:
        text += comment(f"such as {key.example}; for each of them", indent)
        for inner in keys_of(key.nested).values():
            choices = literal_choices(inner.type)
            text += comment(f"  {inner.name}: {inner.doc}" + (f" ({' | '.join(choices)})" if choices else ""), indent)
    if key.is_layers:
        text += comment("of each layer its arguments in torch.nn, sizes of inputs left out, and", indent)
        for inner in keys_of(LayerKeys).values():
            choices = literal_choices(inner.type)
            text += comment(f"  {inner.name}: {inner.doc}" + (f" ({' | '.join(choices)})" if choices else ""), indent)
    return text


def literal_choices(annotation: Any) -> list[str]:
    """Return the words that a key takes, where it takes no others."""
    if get_origin(annotation) is Literal:
        return [str(value) for value in get_args(annotation)]
    if get_origin(annotation) in (Union, UnionType):
        words = [word for part in get_args(annotation) if part is not NoneType for word in literal_choices(part)]
        return words if len(words) > 1 else []
    return []


def comment(text: str, indent: str = "") -> str:
    """Return the text as YAML comment lines."""
    hanging = "    " if text.startswith("  ") else ""
    lines = textwrap.wrap(text.strip(), WIDTH - len(indent), break_on_hyphens=False)
    first = "  " if text.startswith("  ") else ""
    return "".join(f"{indent}# {first if n == 0 else hanging}{line}\n" for n, line in enumerate(lines))


def flow(value: Any) -> str:
    """Return a value as YAML on one line."""
    if isinstance(value, tuple):
        value = list(value)
    if value == "???" or (isinstance(value, str) and value.startswith("${")):
        return value
    if isinstance(value, float):
        return repr(value) if "e" not in repr(value) or "." in repr(value) else repr(value).replace("e", ".0e")
    text = yaml.safe_dump(value, default_flow_style=True, width=10_000, allow_unicode=True, sort_keys=False)
    return text.removesuffix("\n").removesuffix("\n...")


def training_text() -> str:
    """Return the training section of train.yaml."""
    defaults = {key.name: key.default for key in keys_of(FIXED["training"]).values()}
    return "training:\n" + keys_text(keys_of(FIXED["training"]), defaults, "  ")


def top_text() -> str:
    """Return the keys of train.yaml outside of any section."""
    values = {key.name: key.default for key in top_keys().values()}
    return keys_text(top_keys(), values | {"experiment_name": "${mlflow_experiment:${dataset.name}}"})


def write_conf() -> None:
    """Write every option file, and the two parts of train.yaml that come from the schema."""
    for option in shipped_options():
        path = CONF / f"{option}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(option_text(option), encoding="utf-8")
    train = CONF / "train.yaml"
    head, rest = train.read_text(encoding="utf-8").split("# -- keys --\n")
    tail = rest[rest.index("# -- Hydra --\n") :]
    train.write_text(f"{head}# -- keys --\n{top_text()}\n{training_text()}\n{tail}", encoding="utf-8")


if __name__ == "__main__":
    write_conf()
