"""What the commands' arguments have in common."""

from __future__ import annotations

import argparse
import math
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def positive_int(text: str) -> int:
    """Read an integer of 1 or more."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be an integer of 1 or more; got {text!r}")
    return value


def seed(text: str) -> int:
    """Read a seed: an integer from 0 to 2³² - 1."""
    if not text.isdecimal() or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(f"must be an integer from 0 to {2**32 - 1}; got {text!r}")
    return int(text)


def seconds(text: str) -> float:
    """Read a length of time above 0, in seconds."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"must be a number of seconds above 0; got {text!r}")
    return value


def part(text: str) -> float | int:
    """Read a part of the rows: a share between 0 and 1, or a number of rows."""
    try:
        value = int(text) if text.isdecimal() else float(text)
    except ValueError:
        value = 0
    if not (isinstance(value, int) and value >= 1) and not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"must be a share between 0 and 1, or a number of rows; got {text!r}")
    return value


def layer_sizes(text: str) -> tuple[int, ...]:
    """Read the units of hidden layers, such as 64,32."""
    return tuple(positive_int(size) for size in text.split(","))


def column_names(text: str) -> list[str]:
    """Read names of columns with commas between them."""
    names = [name.strip() for name in text.split(",")]
    if not all(names):
        raise argparse.ArgumentTypeError(f"must be names of columns with commas between them; got {text!r}")
    return list(dict.fromkeys(names))


def separator(text: str) -> str:
    """Read a separator: a character, or the word tab."""
    value = "\t" if text in ("tab", "\\t") else text
    if len(value) != 1:
        raise argparse.ArgumentTypeError(f"must be one character, or tab; got {text!r}")
    return value


def add_reading(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how text files are read."""
    group = parser.add_argument_group("reading text files")
    group.add_argument(
        "--separator",
        type=separator,
        metavar="CHARACTER",
        help="what stands between two fields, or the word tab (default: comma, semicolon, tab or bar, as it is found)",
    )
    group.add_argument(
        "--encoding", metavar="NAME", help="such as utf-8 or latin-1 (default: UTF-8, else UTF-16 or Windows-1252)"
    )


def add_threads(parser: argparse.ArgumentParser) -> None:
    """Add ``--threads``: the command then runs in the fair environment."""
    parser.add_argument(
        "-t",
        "--threads",
        type=positive_int,
        default=1,
        metavar="N",
        help="threads for every contestant, NumPy's included (default: %(default)s, at which small nets are fastest)",
    )
