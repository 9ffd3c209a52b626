"""What the commands' arguments have in common."""

from __future__ import annotations

import argparse
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
