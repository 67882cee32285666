"""`trainyard find lr|batch_size ...`, with the choices of a training: try it for a moment and say what to take."""

import secrets
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from trainyard.config.nearest import did_you_mean
from trainyard.errors import ConfigError
from trainyard.verbs.arguments import ArgumentsError, Verb
from trainyard.verbs.choices import compose_choices

if TYPE_CHECKING:
    from trainyard.config.schema.run import Config
    from trainyard.training.find_batch_size import Trial
    from trainyard.training.find_lr import LearningRates

HELP = """Tries a training for a moment and says what to take; no run is left behind.

  trainyard find lr [group=option ...] [key=value ...]
  trainyard find batch_size [group=option ...] [key=value ...]

lr raises the learning rate step by step and looks where the loss falls most steeply; batch_size doubles
the minibatches until memory ends or no batch is faster. Both take what a training takes, and

  find.steps    steps of the ramp (lr; 100 unless given)
  find.lowest   learning rate of the first step (lr; 1e-7)
  find.highest  learning rate of the last step (lr; 10)
  find.seconds  time for each size (batch_size; 1)

Lines to paste
  trainyard find lr dataset=salmon
  trainyard find lr network=cnn optimizer=sgd find.highest=100
  trainyard find batch_size experiment=digits"""
OPTIONS = {
    "lr": {"find.steps": 100.0, "find.lowest": 1e-7, "find.highest": 10.0},
    "batch_size": {"find.seconds": 1.0},
}
FEWEST_STEPS = 20


def main(argv: Sequence[str]) -> int:
    """Find what was asked for and print it as an override; return 1 where nothing can be suggested."""
    what = argv[0] if argv else ""
    if what in ("", "-h", "--help"):
        print(HELP)
        return 0
    if what not in OPTIONS:
        raise ConfigError(f"trainyard find {what}: finds lr or batch_size{did_you_mean(what, OPTIONS)}")
    options = read_options(what, [word for word in argv[1:] if word.startswith("find.")])
    choices = [word for word in argv[1:] if not word.startswith("find.")]
    config = compose_choices(f"find {what}", choices)
    if config is None:
        print(HELP)
        return 0
    found = find_lr(config, options) if what == "lr" else find_batch_size(config, options)
    if found is None:
        return 1
    print_choice(found, choices)
    return 0


def read_options(what: str, words: Sequence[str]) -> dict[str, float]:
    """Return the options of a finder, those that were given and the defaults; raise ArgumentsError."""
    options = dict(OPTIONS[what])
    faults = []
    for name, text in Verb(f"find {what}", "", dict.fromkeys(options, ""), ()).read(words).items():
        try:
            options[name] = float(text)
        except ValueError:
            faults.append(f"{name}={text}: must be a number")
            continue
        least = FEWEST_STEPS if name == "find.steps" else 0
        if not least <= options[name] < 1e9 or options[name] == 0:
            faults.append(f"{name}={text}: must be {f'at least {least}' if least else 'greater than 0'}")
    if not faults and what == "lr" and options["find.lowest"] >= options["find.highest"]:
        faults.append(f"find.lowest={options['find.lowest']:g}: must be less than find.highest="
                      f"{options['find.highest']:g}")  # fmt: skip
    if faults:
        raise ArgumentsError(faults)
    return options


def find_lr(config: "Config", options: dict[str, float]) -> str | None:
    """Return the learning rate to take as an override, None where the loss falls at none; keep and draw the ramp."""
    from trainyard.config.root import project_root
    from trainyard.training.run import plan_from

    plan = plan_from(config, project_root())
    from trainyard.training.find_lr import find_learning_rate

    lowest, highest = options["find.lowest"], options["find.highest"]
    found = find_learning_rate(plan, lowest=lowest, highest=highest, steps=int(options["find.steps"]))
    end = "ended by a loss that grew" if found.diverged else "to its end"
    print(f"{len(found.rates)} steps from {lowest:g} to {found.rates[-1] if found.rates else lowest:.2g}, {end}")
    folder = new_folder(project_root())
    print(f"plot       {keep_ramp(folder, found, config)}")
    if found.suggestion is None:
        print(f"The loss falls at no learning rate between {lowest:g} and {highest:g}; widen find.lowest and "
              "find.highest, or look at the data and the network.")  # fmt: skip
        return None
    return f"optimizer.lr={found.suggestion:.2g}"


def keep_ramp(folder: Path, found: "LearningRates", config: "Config") -> Path:
    """Write the ramp as JSON and draw it; return the plot."""
    from trainyard.files import json_text, write_text
    from trainyard.reports.learning_rates import draw_learning_rates
    from trainyard.reports.style import settings

    write_text(folder / "learning_rates.json", json_text(vars(found)))
    subtitle = f"dataset {config.dataset.name} · network {config.network.name} · optimizer {config.optimizer.name}"
    with settings():
        return draw_learning_rates(
            found.rates, found.losses, found.smoothed, found.suggestion, subtitle, folder / "learning_rates.png"
        )


def find_batch_size(config: "Config", options: dict[str, float]) -> str | None:
    """Return the batch size to take as an override, None where not even the smallest fits; print what was tried."""
    from trainyard.config.root import project_root
    from trainyard.training.run import plan_from

    plan = plan_from(config, project_root())
    from trainyard.training.find_batch_size import find_batch_size as find
    from trainyard.training.find_batch_size import suggested

    trials = find(plan, seconds=options["find.seconds"])
    gpu = plan.device.torch.type == "cuda"
    print(f"device     {plan.device.description}")
    print("\n".join(["", *trial_lines(trials), ""]))
    chosen = suggested(trials, gpu=gpu)
    if chosen is None:
        print("Not even the smallest minibatch fits the memory of the device; take a smaller network.")
        return None
    print("the largest that fits" if gpu else "the smallest that is about as fast as any")
    return f"training.batch_size={chosen.batch_size}"


def trial_lines(trials: "Sequence[Trial]") -> list[str]:
    """Return the table of the sizes that were tried, the smallest first."""
    from trainyard.reports.text import table

    rows = [("rows in a batch", "rows a second", "memory")]
    for each in sorted(trials, key=lambda each: each.batch_size):
        speed = "did not fit" if each.rows_per_second is None else f"{each.rows_per_second:,.0f}"
        rows.append((f"{each.batch_size:,}", speed, "" if each.memory is None else f"{each.memory / 2**20:,.0f} MiB"))
    return table(rows, right=(0, 1, 2))


def print_choice(override: str, choices: Sequence[str]) -> None:
    """Print what to take, alone and in the command that takes it."""
    from trainyard.config.secrets import masked_command

    key = override.partition("=")[0]
    kept = [word for word in choices if word.partition("=")[0].lstrip("+") != key]
    print(f"take       {override}")
    print(f"train      trainyard train {masked_command([*kept, override])}")


def new_folder(root: Path) -> Path:
    """Return a new folder for what a finder leaves, which is no run."""
    folder = root / ".trainyard" / "find" / f"{time.strftime('%Y-%m-%d_%H-%M-%S')}-{secrets.token_hex(3)}"
    folder.mkdir(parents=True)
    return folder
