"""Arguments of compile, fit, evaluate and predict, checked."""

from __future__ import annotations

from typing import Any

import numpy as np

#: Rows of a batch unless the caller says otherwise, as in Keras.
BATCH_SIZE = 32


_INTEGERS = (int, np.integer)
_COLLECTIONS = (list, tuple, set, frozenset, range)


def check_flag(name: str, value: Any) -> None:
    """True or False, nothing that merely counts as one of them."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False; got {value!r}")


def rows_at_once(batch_size: int | None, rows: int, name: str = "batch_size") -> int:
    """Rows of a batch: at most all of them."""
    check_steps(name, batch_size)
    return min(BATCH_SIZE if batch_size is None else int(batch_size), rows)


def check_steps(name: str, steps: int | None) -> None:
    """A whole number, 1 or more, or None."""
    if steps is None:
        return
    if isinstance(steps, bool) or not isinstance(steps, _INTEGERS):
        raise TypeError(f"{name} must be a whole number or None; got {steps!r}")
    if steps < 1:
        raise ValueError(f"{name} must be 1 or more; got {steps}")


def validates(validation_freq: Any, epoch: int) -> bool:
    """Whether an epoch, counted from 0, is followed by a validation: every n-th one, or those listed (from 1).

    Raises
    ------
    ValueError, TypeError
        If it is neither a whole number, 1 or more, nor a collection of them.
    """
    if isinstance(validation_freq, _COLLECTIONS):
        return epoch + 1 in validation_freq
    check_steps("validation_freq", 0 if validation_freq is None else validation_freq)
    return (epoch + 1) % int(validation_freq) == 0


def check_epochs(epochs: int, initial_epoch: int) -> None:
    """Whole numbers, 0 or more."""
    for name, value in (("epochs", epochs), ("initial_epoch", initial_epoch)):
        if isinstance(value, bool) or not isinstance(value, _INTEGERS):
            raise TypeError(f"{name} must be a whole number; got {value!r}")
        if value < 0:
            raise ValueError(f"{name} must be 0 or more; got {value}")


def verbosity(verbose: int | str) -> int:
    """0, 1 or 2."""
    if verbose == "auto":
        return 1
    if verbose not in (0, 1, 2):
        raise ValueError(f"verbose must be 0, 1, 2 or 'auto'; got {verbose!r}")
    return int(verbose)
