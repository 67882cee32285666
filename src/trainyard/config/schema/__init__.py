"""The typed config: one frozen dataclass per option, each key with its meaning, unit and range."""
