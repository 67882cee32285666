"""What `python train.py --help` prints."""

import textwrap
from collections.abc import Mapping

from hydra.core.default_element import GroupDefault

from trainyard.config.loader import Loader

WIDTH = 100
ABOUT = {
    "dataset": "what is learned from",
    "model": "classes or numbers to predict",
    "network": "the layers between the two",
    "optimizer": "how the weights are moved",
    "schedule": "how the learning rate changes over the training",
    "accelerator": "what computes",
    "tracking": "where runs are tracked",
    "callbacks": "callbacks of Lightning, yours or its own",
    "experiment": "a preset over several groups",
    "debug": "a short or telling run",
    "local": "choices of this machine, untracked",
}
FLAGS = {
    "-m, --multirun": "one run for each combination: seed=1,2,3 network.hidden=[64],[128,128]",
    "--cfg job": "print the config instead of training; with --resolve, interpolations filled in",
    "--info": "print where each part of the config comes from",
    "--config-dir DIR": "a folder with more options, laid out like conf/",
    "--config-name NAME": "another primary config than train.yaml",
    "-sc install=bash": "shell completion, as in the lines above; zsh and fish too",
    "--hydra-help": "Hydra's own help",
}
LINES = {
    "": "handwritten digits, on what this machine has",
    "dataset=salmon model=regressor optimizer.lr=0.003": "a choice changed by a word, a key by its name",
    "dataset=csv dataset.path=houses.csv dataset.target=price": "a table of your own",
    "experiment=digits": "a preset",
    "-m seed=1,2,3 network.hidden=[64],[128,128]": "six runs, compared",
    "k_fold=5": "a cross-validation; each row is tested once",
    "debug=overfit": "can it learn two minibatches by heart?",
    "resume=latest": "go on with the newest run",
    "config=runs/latest/config.yaml seed=2": "a run again, from its config, with a key changed",
    "--cfg job": "every key; conf/ says what each one means",
}


def help_text(loader: Loader, config_name: str, command: str) -> str:
    """Return the help: what the command does, what there is to choose, and lines to paste.

    `command` is what the person types, such as "python train.py".
    """
    defaults = default_options(loader, config_name)
    groups = [group for group in ABOUT if group in loader.groups()]
    groups += [group for group in loader.groups() if group not in ABOUT]
    width = max(map(len, groups))
    choices = "\n".join(_group_lines(group, loader.options(group), defaults.get(group), width) for group in groups)
    lines = {f"{command} {words}".strip(): meaning for words, meaning in LINES.items()}
    return f"""Composes one training from choices, trains it, tests it, and tracks it in MLflow.

  {command} [group=option ...] [key=value ...] [flags]

Groups to choose from (* is what you get unless you say so)
{choices}

Keys are set as group.key=value, and training.key=value, seed=value, note=value, tags.name=value.

Lines to paste
{_table(lines)}
  eval "$({command} -sc install=bash)"

Flags
{_table(FLAGS)}

A run is kept in runs/<experiment>/<date>_<time>-<id>/; `mlflow ui` shows all runs.
A mistake in the config, the data or the network ends with exit code 2 and leaves no run;
HYDRA_FULL_ERROR=1 shows where in the code it was found."""


def default_options(loader: Loader, config_name: str) -> Mapping[str, str]:
    """Return the option that each group has in the defaults list of the primary config."""
    loaded = loader.repository.load_config(config_name)
    defaults = loaded.defaults_list or [] if loaded else []
    groups = [default for default in defaults if isinstance(default, GroupDefault) and not default.override]
    return {str(default.group): str(default.value) for default in groups if default.value is not None}


def _group_lines(group: str, options: list[str], default: str | None, width: int) -> str:
    marked = ", ".join(f"{option}*" if option == default else option for option in options)
    about = f"{ABOUT[group]}: " if group in ABOUT else ""
    return textwrap.fill(f"{about}{marked}", WIDTH, initial_indent=f"  {group:<{width}}  ",
                         subsequent_indent=" " * (width + 4), break_on_hyphens=False)  # fmt: skip


def _table(rows: Mapping[str, str]) -> str:
    width = min(44, max(map(len, rows)))
    return "\n".join(
        f"  {left:<{width}}  {right}" if len(left) <= width else f"  {left}\n  {'':<{width}}  {right}"
        for left, right in rows.items()
    )
