"""`trainyard compose ...`: the config that a training would take, resolved, shown or written for a pipeline."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainyard.config.nearest import did_you_mean, listed
from trainyard.errors import ConfigError

if TYPE_CHECKING:
    from trainyard.config.schema.run import Config

HELP = """Composes the config of a training and shows it with every value resolved.

  trainyard compose [group=option ...] [key=value ...]

It takes what a training takes: trainyard train --help. A pipeline composes its experiments with

  params   a YAML file that lists experiments and holds the overrides of each, such as params.yaml
  name     one of these experiments
  raw      the file or folder that the stages take the rows from; built-in datasets are read from it
  output   a folder that gets config.yaml, and data.yaml: what of it the stages acquire and prepare look at

Lines to paste
  trainyard compose experiment=salmon optimizer.lr=0.01
  trainyard compose params=params.yaml name=digits raw=data/digits.csv output=pipeline/digits"""
OWN_KEYS = ("params", "name", "raw", "output")
LIST = "experiments"  # the key of params.yaml that lists the names of the others


def main(argv: Sequence[str]) -> int:
    """Compose a config and print it, or write it to a folder."""
    from trainyard.verbs.choices import compose_choices, take_keys

    own, choices = take_keys("compose", argv, OWN_KEYS)
    if ("params" in own) != ("name" in own):
        raise ConfigError("params and name: the one says where an experiment stands, the other which; give both")
    of_experiment = read_experiment(Path(own["params"]), own["name"]) if "params" in own else []
    config = compose_choices("compose", [*of_experiment, *choices])
    if config is None:
        print(HELP)
        return 0
    from trainyard.config.text import to_yaml

    if "raw" in own:
        config = read_from(config, own["raw"])
    if "output" in own:
        write(config, Path(own["output"]))
    else:
        print(to_yaml(config), end="")
    return 0


def read_experiment(path: Path, name: str) -> list[str]:
    """Return the overrides of an experiment in a file of them; raise ConfigError for what is wrong in it."""
    from trainyard.config.tree import tree_overrides

    trees = read_trees(path)
    names = trees.get(LIST)
    if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
        raise ConfigError(f"{path}: must list the names of its experiments, such as {LIST}: [digits, salmon]")
    faults = [
        f"{path}: {strange} is none of the {LIST} ({listed(names)}){did_you_mean(str(strange), names)}"
        for strange in trees if strange not in (LIST, *names)
    ]  # fmt: skip
    if name not in trees:
        way_out = did_you_mean(name, trees) or f"; write {name}: {{}}"
        faults.append(f"name={name}: {path} holds no overrides of it{way_out}")
    if faults:
        raise ConfigError(faults)
    return tree_overrides(trees[name], f"{path}: {name}")


def read_trees(path: Path) -> Mapping[Any, Any]:
    """Return what a file of experiments holds; raise ConfigError where it cannot be read."""
    import yaml  # type: ignore[import-untyped]  # it has no types

    try:
        trees = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"params={path}: there is no such file") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"params={path}: cannot be read as YAML ({' '.join(str(error).split())})") from None
    return trees if isinstance(trees, Mapping) else {}


def read_from(config: "Config", raw: str) -> "Config":
    """Return the config with a built-in dataset read from `raw`; raise ConfigError where its files lie elsewhere."""
    from dataclasses import replace

    from trainyard.config.schema.dataset_keys import BuiltIn
    from trainyard.data.origin import files_of

    dataset = config.dataset
    if isinstance(dataset, BuiltIn) and dataset.path is None:
        return replace(config, dataset=replace(dataset, path=raw))
    here = Path(raw).absolute()
    elsewhere = [f"dataset.{key}={path}" for key, path in files_of(dataset).values()
                 if path != here and here not in path.parents]  # fmt: skip
    if elsewhere:
        raise ConfigError([f"{one}: the stages watch {raw}; let both be the same file or folder" for one in elsewhere])
    if not files_of(dataset):
        raise ConfigError(
            f"dataset={dataset.source}: comes from code, which no stage watches. Write its rows with trainyard acquire "
            f"output={raw} and read them with dataset=csv dataset.path={raw}"
        )
    return config


def write(config: "Config", folder: Path) -> None:
    """Write config.yaml and data.yaml; raise ConfigError for values that are not to be written down."""
    import yaml

    from trainyard.config.text import masked_keys, to_yaml
    from trainyard.data.identity import raw_choices, row_choices
    from trainyard.files import write_text
    from trainyard.training.run import target_transform_of, task_of

    faults = [f"{key}: comes from the environment, which is not written to a file; give the value itself"
              for key in config.masked]  # fmt: skip
    faults += [f"{key}: holds a secret, which is not written to a file; leave it out here, and give it where it is used"
               for key in masked_keys(config) if key not in config.masked]  # fmt: skip
    if faults:
        raise ConfigError(faults)
    prepare = {
        **row_choices(config.dataset), "task": task_of(config), "double": config.accelerator.precision == "64",
        "target_transform": target_transform_of(config),
    }  # fmt: skip
    data = {"acquire": raw_choices(config.dataset), "prepare": prepare}
    write_text(folder / "config.yaml", to_yaml(config))
    write_text(folder / "data.yaml", yaml.safe_dump(data, sort_keys=False, default_flow_style=None, allow_unicode=True))
