"""``dlcore info``: what is installed here and what would compute."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import dlcore

if TYPE_CHECKING:
    from dlcore.cli.arguments import Commands


def add_parser(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "info",
        help="show the version, backend, instruction set, threads and build",
        description="Show what dlcore.show_config() shows: version, backend, instruction set, threads, the versions "
        "of the packages it uses and how its core was built. Paste it into a bug report.",
    )
    parser.set_defaults(run=run)


def run(_args: argparse.Namespace) -> None:
    """Print the configuration."""
    dlcore.show_config()
