"""A train command, through Hydra: what it shows, or the run or sweep that it stands for and its launch."""

import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Generic, TypeVar

from hydra._internal.callbacks import Callbacks
from hydra._internal.core_plugins.basic_launcher import BasicLauncher
from hydra._internal.hydra import Hydra
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.types import HydraContext, RunMode
from omegaconf import DictConfig, OmegaConf, open_dict, read_write
from omegaconf.errors import OmegaConfBaseException

from trainyard.config.command_keys import fold_overrides, take_command_keys
from trainyard.config.compose import Composed, Composer
from trainyard.config.help import help_text
from trainyard.config.loader import Loader
from trainyard.config.overlay import read_resolved
from trainyard.config.resolve import first_line, resolve
from trainyard.config.secrets import MASK, is_secret_key, mask_text, masked_overrides
from trainyard.config.sweep import Sweep, compose_member, compose_sweep
from trainyard.config.text import to_dict
from trainyard.config.ticket import Ticket
from trainyard.errors import ConfigError

Result = TypeVar("Result")
Task = Callable[[Composed, Path], Result]


class TrainCommand:
    """What was typed after `python train.py`, with Hydra set up for it."""

    def __init__(self, flags: Namespace, typed_as: str):
        self.flags = flags
        self.typed_as = typed_as
        self.keys, others = take_command_keys(flags.overrides)
        self.overrides = [*others, *fold_overrides(self.keys.get("k_fold"), others)]
        for key in ("resume", "output"):
            if key in self.keys and self.is_multirun:
                raise ConfigError(f"{key}: is about one run; leave out -m and k_fold")
        loader = Loader(flags.config_dir, flags.config_path)
        self.composer = Composer(loader, flags.config_name or "train", self._resolved())
        self.hydra = _MaskingHydra("train", self.composer.loader, resolve=flags.resolve)

    @property
    def resume(self) -> str | None:
        """The run to go on with, as it was typed."""
        return self.keys.get("resume")

    @property
    def output(self) -> Path | None:
        """The folder that gets what comes out of the run, where one was named."""
        return Path(self.keys["output"]).expanduser() if "output" in self.keys else None

    @property
    def is_multirun(self) -> bool:
        """Whether -m, hydra.mode=MULTIRUN or k_fold asks for a sweep."""
        return bool(self.flags.multirun) or "hydra.mode=MULTIRUN" in self.overrides or "k_fold" in self.keys

    def show(self) -> None:
        """Print what --help, --cfg, --info, --hydra-help or -sc ask for."""
        flags, name = self.flags, self.composer.config_name
        with self._global_hydra():
            if flags.help:
                self.composer.check_primary()
                print(help_text(self.composer.loader, name, self.typed_as))
            elif flags.hydra_help:
                self.hydra.hydra_help(config_name=None, args_parser=_parser(), args=flags)
            elif flags.shell_completion:
                self.hydra.shell_completion(config_name=name, overrides=self.overrides)
            elif flags.cfg:
                self._keep(self.composer.compose(self.overrides, allow_missing=True))
                try:
                    self.hydra.show_cfg(name, self.overrides, flags.cfg, flags.package, flags.resolve)
                except OmegaConfBaseException as error:
                    raise ConfigError(f"--cfg {flags.cfg} --resolve: {first_line(error)}") from error
            else:
                self.composer.compose(self.overrides, allow_missing=True)
                self.hydra.show_info(flags.info, config_name=name, overrides=self.overrides)

    def compose(self) -> Composed:
        """Return the checked config of the run; raise ConfigError."""
        return self.composer.compose(self.overrides)

    def compose_over(self, values: Mapping[str, Any]) -> Composed:
        """Return the checked config of what was typed over a resolved one; raise ConfigError."""
        return Composer(self.composer.loader, self.composer.config_name, values).compose(self.overrides)

    def _resolved(self) -> dict[str, Any] | None:
        path = self.keys.get("config")
        return None if path is None else read_resolved(Path(path).expanduser(), f"config={path}")

    def run(self, composed: Composed, task: Task[Result]) -> Result:
        """Let Hydra run the task in a fresh run folder; return what it returns, raise what it raises."""
        self._keep(composed)
        job = _Job([composed], task)
        with self._global_hydra():
            self.hydra.run(self.composer.config_name, job, self.overrides)
        if job.error is not None:
            raise job.error
        return job.value

    def compose_sweep(self) -> Sweep:
        """Return the checked members of the sweep; raise ConfigError with the faults of all of them."""
        return compose_sweep(self.composer, self.overrides)

    def compose_member(self, ticket: Ticket) -> Sweep:
        """Return the sweep of a ticket with that one member; raise ConfigError."""
        return compose_member(self.composer, ticket)

    def run_members(self, sweep: Sweep, task: Task[Result]) -> None:
        """Let Hydra run the task for each member in turn, in this process; what a task raises ends the sweep."""
        loader = self.composer.loader
        loader.sweep_folder, loader.swept_keys = str(sweep.folder), sweep.swept_keys
        for member, composed in zip(sweep.lines, sweep.members, strict=True):
            loader.keep(self.composer.config_name, [*sweep.hydra_lines, *member], RunMode.RUN, composed.cfg)
        job = _Job(sweep.members, task, sweep.first)
        launcher = BasicLauncher()
        with self._global_hydra():
            context = HydraContext(config_loader=loader, callbacks=Callbacks(sweep.cfg))
            launcher.setup(hydra_context=context, task_function=job, config=sweep.cfg)
            for first, batch in sweep.batches():
                launcher.launch(batch, initial_job_idx=first)
                if job.error is not None:
                    raise job.error

    @contextmanager
    def multirun(self, sweep: Sweep) -> Iterator[None]:
        """Call what hydra.callbacks names before the members run and after them."""
        callbacks = Callbacks(sweep.cfg)
        callbacks.on_multirun_start(config=sweep.cfg, config_name=self.composer.config_name)
        yield
        callbacks.on_multirun_end(config=sweep.cfg, config_name=self.composer.config_name)

    def tickets(self, sweep: Sweep, *, parent: str, command: str, side_by_side: int) -> list[Ticket]:
        """Return what processes of their own are told of the members, where `side_by_side` of them run at a time."""
        flags = {"--config-dir": self.flags.config_dir, "--config-path": self.flags.config_path,
                 "--config-name": self.flags.config_name}  # fmt: skip
        argv = [word for flag, value in flags.items() if value is not None for word in (flag, value)]
        argv += [f"config={self.keys['config']}"] if "config" in self.keys else []
        return [
            Ticket(
                number=sweep.first + place, argv=tuple(argv), typed_as=self.typed_as, command=command,
                hydra_lines=sweep.hydra_lines, lines=lines, overrides=composed.overrides, swept_keys=sweep.swept_keys,
                values=to_dict(composed.config), folder=str(sweep.folder), parent=parent, path=tuple(sys.path),
                side_by_side=side_by_side,
            )
            for place, (lines, composed) in enumerate(zip(sweep.lines, sweep.members, strict=True))
        ]  # fmt: skip

    def _keep(self, composed: Composed) -> None:
        self.composer.loader.keep(self.composer.config_name, self.overrides, RunMode.RUN, composed.cfg)

    @contextmanager
    def _global_hydra(self) -> Iterator[None]:
        GlobalHydra.instance().clear()
        GlobalHydra.instance().initialize(self.hydra)
        try:
            yield
        finally:
            GlobalHydra.instance().clear()


class _Job(Generic[Result]):
    """The function that Hydra calls; it keeps an exception to itself, as Hydra would print its own words about it."""

    value: Result

    def __init__(self, composed: Sequence[Composed], task: Task[Result], first: int = 0):
        self.composed, self.task, self.first = composed, task, first
        self.error: Exception | None = None

    def __call__(self, _cfg: DictConfig) -> None:
        hydra = HydraConfig.get()
        number = 0 if OmegaConf.is_missing(hydra.job, "num") else int(hydra.job.num) - self.first
        if self.error is None:
            try:
                self.value = self.task(self.composed[number], Path(hydra.runtime.output_dir))
            except Exception as error:  # noqa: BLE001  # raised again by run() and run_members()
                self.error = error


class _MaskingHydra(Hydra):
    """Hydra, printing no secrets."""

    def __init__(self, task_name: str, config_loader: Loader, *, resolve: bool):
        super().__init__(task_name, config_loader)
        self.resolve = resolve
        self.informs = False

    def show_info(self, *args: Any, **kwargs: Any) -> None:
        self.informs = True
        super().show_info(*args, **kwargs)

    def compose_config(self, *args: Any, **kwargs: Any) -> DictConfig:
        cfg = super().compose_config(*args, **kwargs)
        if self.informs:  # what --info prints is not sanitized
            with read_write(cfg), open_dict(cfg):
                _mask_leaves(cfg, "", ())
        return cfg

    def get_sanitized_cfg(self, cfg: DictConfig, cfg_type: str) -> DictConfig:
        masked = resolve(cfg)[1] if self.resolve else ()
        cfg = super().get_sanitized_cfg(cfg, cfg_type)
        with read_write(cfg), open_dict(cfg):
            _mask_leaves(cfg, "", masked)
        if "hydra" in cfg:
            with read_write(cfg.hydra):
                typed = masked_overrides(map(str, cfg.hydra.overrides.task._iter_ex(resolve=False)))
                shown = [text.replace("${", "\\${") if self.resolve else text for text in typed]
                cfg.hydra.overrides.task = shown
                cfg.hydra.job.override_dirname = ",".join(shown)
        return cfg


def _mask_leaves(cfg: DictConfig, path: str, masked: Sequence[str]) -> None:
    for name in [] if cfg._is_none() or cfg._is_missing() else list(cfg):
        node: Any = cfg._get_node(name)
        inner = f"{path}.{name}" if path else str(name)
        if isinstance(node, DictConfig):
            _mask_leaves(node, inner, masked)
        elif inner in masked or (is_secret_key(inner) and node._value() and not node._is_interpolation()):
            cfg[name] = MASK
        elif not OmegaConf.is_missing(cfg, name) and isinstance(node._value(), str) and not path.startswith("hydra"):
            text = mask_text(node._value())
            if text != node._value():
                cfg[name] = text


def _parser() -> Any:
    from hydra._internal.utils import get_args_parser

    return get_args_parser()
