"""The key=value arguments of a small verb."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trainyard.config.nearest import did_you_mean, listed
from trainyard.errors import ConfigError


class ArgumentsError(ConfigError):
    """Arguments of a verb that cannot be right."""

    stage = "arguments"


@dataclass(frozen=True)
class Verb:
    """What a verb is called, does and takes: `keys` with what each one means, `lines` to paste."""

    name: str
    about: str
    keys: Mapping[str, str]
    lines: Sequence[str]

    def help(self) -> str:
        """Return what --help prints."""
        width = max((len(key) for key in self.keys), default=0)
        keys = "\n".join(f"  {key:<{width}}  {meaning}" for key, meaning in self.keys.items())
        lines = "\n".join(f"  trainyard {self.name} {line}".rstrip() for line in self.lines)
        return f"{self.about}\n\n  trainyard {self.name} [key=value ...]\n\n{keys}\n\nLines to paste\n{lines}"

    def read(self, argv: Sequence[str]) -> dict[str, str]:
        """Return the arguments by key; raise ArgumentsError with every one that cannot be right."""
        values: dict[str, str] = {}
        faults: list[str] = []
        for word in argv:
            key, equals, value = word.partition("=")
            if key not in self.keys:
                faults.append(f"{word}: {self._unknown(key, equals)}")
            elif not value:
                faults.append(f"{word}: has no value; write {key}=<value>")
            elif key in values:
                faults.append(f"{word}: {key} is there twice")
            values[key] = value
        if faults:
            raise ArgumentsError(faults)
        return values

    def _unknown(self, key: str, equals: str) -> str:
        hint = did_you_mean(key.lstrip("-"), self.keys)
        what = "no such key" if equals else "is not key=value"
        return f"{what}{hint}" if hint else f"{what}; trainyard {self.name} takes {listed(self.keys)}"


def flag(values: Mapping[str, str], key: str) -> bool:
    """Return whether a key is true; raise ArgumentsError where it is neither true nor false."""
    value = values.get(key, "false").lower()
    if value not in ("true", "false"):
        raise ArgumentsError(f"{key}={values[key]}: must be true or false")
    return value == "true"


def asks_for_help(argv: Sequence[str]) -> bool:
    """Whether -h or --help is among the arguments."""
    return "-h" in argv or "--help" in argv
