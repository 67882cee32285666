"""`trainyard tune ...`, with the choices of a training: what makes it faster on this machine, as overrides to paste."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trainyard.errors import ConfigError
from trainyard.verbs.arguments import ArgumentsError, Verb
from trainyard.verbs.choices import check_device, compose_choices

if TYPE_CHECKING:
    from trainyard.benchmark.ratio import Ratio
    from trainyard.benchmark.tune import Tried, Tuned
    from trainyard.config.schema.run import Config

HELP = """Finds what makes a training faster on this machine; no run is left behind.

  trainyard tune [group=option ...] [key=value ...]

Threads, precision, the layout of images, the minibatches of a block and compiling are tried one after the other, on the
path of a training: what is faster by more than the spread, and reaches the same loss, stays. It takes what a training
takes, and

  tune.seconds  time for all of it, 10 to 1,000,000 (60 unless given; compiling takes more)

Lines to paste
  trainyard tune experiment=digits
  trainyard tune dataset=salmon network.hidden=[512,512] training.batch_size=1024
  trainyard tune network=cnn tune.seconds=180"""
SECONDS, FEWEST_SECONDS, MOST_SECONDS = 60.0, 10.0, 1_000_000.0
CALIBRATION_SECONDS = 0.5


def main(argv: Sequence[str]) -> int:
    """Tune the training that was asked for and print what to take; return 0 also where nothing is faster."""
    seconds = read_seconds([word for word in argv if word.startswith("tune.")])
    choices = [word for word in argv if not word.startswith("tune.")]
    config = compose_choices("tune", choices)
    if config is None:
        print(HELP)
        return 0
    print_choice(find_settings(config, seconds), choices)
    return 0


def read_seconds(words: Sequence[str]) -> float:
    """Return tune.seconds; raise ArgumentsError where it cannot be right or another key was meant."""
    text = Verb("tune", "", {"tune.seconds": ""}, ()).read(words).get("tune.seconds", str(SECONDS))
    try:
        seconds = float(text)
    except ValueError:
        raise ArgumentsError(f"tune.seconds={text}: must be a number") from None
    if not FEWEST_SECONDS <= seconds <= MOST_SECONDS:
        raise ArgumentsError(f"tune.seconds={text}: must be from {FEWEST_SECONDS:g} to {MOST_SECONDS:,.0f}")
    return seconds


def find_settings(config: "Config", seconds: float) -> "Tuned":
    """Return what was found, after printing all that was tried."""
    check_device("tune", config.accelerator)
    from trainyard.config.root import project_root
    from trainyard.training.run import plan_from

    plan = plan_from(config, project_root())
    from trainyard.benchmark.tune import plan_work, start_trainee, tune
    from trainyard.training.find_batch_size import trial

    measured = trial(plan, config.training.batch_size, CALIBRATION_SECONDS)
    if measured.rows_per_second is None:
        raise ConfigError(f"training.batch_size={config.training.batch_size}: does not fit the memory of the device; "
                          "trainyard find batch_size finds one that does.")  # fmt: skip
    work = plan_work(plan, measured.rows_per_second)
    print(f"device     {plan.device.description}")
    print(f"turns      of {work.rows:,} rows in batches of {config.training.batch_size}", flush=True)
    tuned = tune(
        plan, work, seconds=seconds, start=lambda setting: start_trainee(plan, work, project_root(), setting),
        told=lambda key: print(f"trying     {key}", flush=True),
    )  # fmt: skip
    print("\n".join(["", *tried_lines(tuned), ""]))
    return tuned


def tried_lines(tuned: "Tuned") -> list[str]:
    """Return the table of what was tried, key by key, each beside the best before it."""
    from trainyard.benchmark.tune_axes import overrides
    from trainyard.reports.text import labelled, table

    rows, refused = [("setting", "rows a second", "times as fast", "half of the rounds", "")], []
    for key, (before, *others) in tuned.tried.items():
        rows.append((f"{key} as it was", f"{before.rows_per_second:,.0f}", "1.00", "", ""))
        rows += [row(key, each) for each in others]
        refused += [f"{overrides({key: each.setting[key]})[0]}: {each.problem}" for each in others if each.problem]
    rows += [(key, "", "", "", "no time") for key in tuned.untried]
    notes = [line for text in refused for line in labelled("refused", text)]
    if tuned.untried:
        notes += labelled("no time", f"for {', '.join(tuned.untried)}; raise tune.seconds")
    return [*table(rows, right=(1, 2, 3)), *([""] if notes else []), *notes]


def row(key: str, tried: "Tried") -> tuple[str, str, str, str, str]:
    """Return how one value of a key did."""
    from trainyard.benchmark.tune_axes import overrides

    name = overrides({key: tried.setting[key]})[0]
    if tried.problem is not None or tried.ratio is None:
        return name, "", "", "", "refused"
    speed, times = f"{tried.rows_per_second:,.0f}", f"{tried.ratio.median:.2f}"
    return name, speed, times, spread_text(tried.ratio), "taken" if tried.chosen else ""


def spread_text(ratio: "Ratio") -> str:
    """Return between which ratios half of the rounds lie."""
    low, high = ratio.spread
    return "too few" if low == 0 else f"{low:.2f} to {high:.2f}"


def print_choice(tuned: "Tuned", choices: Sequence[str]) -> None:
    """Print what to take, alone and in the command that takes it."""
    from trainyard.benchmark.tune_axes import overrides
    from trainyard.config.secrets import masked_command

    found = overrides(tuned.best)
    if tuned.ratio is None:
        fast = "the training is as fast as it gets by these keys"
        print("Nothing is faster by more than the spread; "
              f"{'there was no time for the other keys' if tuned.untried else fast}.")  # fmt: skip
        return
    if not found:
        print(f"All that was taken together is {tuned.ratio.median:.2f} times as fast as it was "
              f"({spread_text(tuned.ratio)} in half of the rounds), which is not by more than the spread.")  # fmt: skip
        return
    kept = [word for word in choices if word.partition("=")[0].lstrip("+") not in tuned.best]
    print(f"{tuned.ratio.median:.2f} times as fast as it was ({spread_text(tuned.ratio)} in half of the rounds), "
          "with the same loss")  # fmt: skip
    print(f"take       {' '.join(found)}")
    print(f"train      trainyard train {masked_command([*kept, *found])}")
