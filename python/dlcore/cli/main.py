"""The command line: what there is to call, what it means, and how it ends."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

import dlcore
from dlcore.backends import get_backend
from dlcore.cli.environment import restart_fairly
from dlcore.cli.errors import CommandError

#: Each is a module of this room, in the order in which help lists them.
COMMANDS = ("train", "predict", "evaluate", "show", "learn", "demo", "info", "bench")

DESCRIPTION = """\
Dense neural networks on a CPU, with Keras's names and a compiled core.

With a table in a file, no program needs to be written:

    dlcore train houses.csv --target price              learn to predict a column from the others
    dlcore predict model.safetensors new.csv            predict it for other rows
    dlcore learn                                        a course: how nets learn, number by number
    dlcore COMMAND --help                               all about a command, with examples

To build nets of your own, write Python:

    import dlcore
    net = dlcore.Sequential([dlcore.layers.Input((64,)), dlcore.layers.Dense(10, activation="softmax")])
"""

EPILOG = """\
environment:
  DLCORE_BACKEND=native|numba|numpy                    what computes (default: the first of them that loads)
  DLCORE_ISA=x86_64_v2|x86_64_v3|x86_64_v4|neon        the instruction set of the compiled core
  DLCORE_NUM_THREADS=N                                 its threads (demo and bench go by --threads)

exit status: 0 done, 1 something is missing on this machine or a file is not what it should be,
             2 the command line or DLCORE_* is wrong (an option, the name of a file or a column), 130 interrupted
"""


def build_parser(argv: Sequence[str] = ()) -> argparse.ArgumentParser:
    """The parser of the whole command line; each command adds its own part."""
    parser = argparse.ArgumentParser(
        prog="dlcore", description=DESCRIPTION, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"dlcore {dlcore.__version__}")
    commands = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND")
    asked = next((argument for argument in argv if not argument.startswith("-")), None)
    for name in (asked,) if asked in COMMANDS else COMMANDS:  # the others need not be read
        import_module(f"dlcore.cli.{name}").add_parser(commands)
    return parser


def choose_backend() -> None:
    """Take the backend that the environment asks for, or say what is wrong with what it asks."""
    try:
        get_backend()
    except ValueError as error:
        raise CommandError(str(error), exit_code=2) from error
    except ImportError as error:
        raise CommandError(str(error)) from error


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments after the command's name. Without them this process's own are taken; only then may a command
        restart the process to give a comparison a fair environment.

    Returns
    -------
    int
        The exit status: 0 done, 1 something is missing or damaged, 2 the command line is wrong, 130 interrupted.
    """
    parser = build_parser(sys.argv[1:] if argv is None else argv)
    args = parser.parse_args(argv)
    if args.command is None:
        parser.print_help(sys.stderr)
        return 2
    try:
        if hasattr(args, "check"):
            args.check(args)
        if argv is None and hasattr(args, "threads"):
            restart_fairly(args.threads)
        choose_backend()
        args.run(args)
        sys.stdout.flush()
    except CommandError as error:
        print(f"dlcore {args.command}: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print(f"\ndlcore {args.command}: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader has gone (`dlcore info | head -1`): leave quietly, and let the last flush go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
