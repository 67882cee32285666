"""What is wrong with parameters or rows, as the errors that scikit-learn's users expect."""

from collections.abc import Iterator
from contextlib import contextmanager

from trainyard.errors import ConfigError, DataError, NetworkError
from trainyard.estimators.settings import ParameterError, in_parameters


class RowsError(DataError, ValueError):
    """Rows that cannot be trained on or predicted from."""


class ShapesError(NetworkError, ValueError):
    """A network that does not fit the rows."""


@contextmanager
def as_value_errors() -> Iterator[None]:
    """Let errors be ValueErrors too, with the names of parameters for those of keys."""
    kinds = {ConfigError: ParameterError, DataError: RowsError, NetworkError: ShapesError}
    try:
        yield
    except (ConfigError, DataError, NetworkError) as error:
        if isinstance(error, ValueError):
            raise
        kind = next(kinds[known] for known in kinds if isinstance(error, known))
        raise kind([in_parameters(fault) for fault in error.faults]) from error
