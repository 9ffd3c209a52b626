"""``dlcore learn``: the course in six lessons, in the terminal."""

from __future__ import annotations

import argparse
import os
import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from dlcore.cli.errors import CommandError
from dlcore.lessons import LANGUAGES, find, lessons
from dlcore.lessons.player import play

if TYPE_CHECKING:
    from dlcore.cli.arguments import Commands

#: What stands under the list, and at the end of a section, in each language.
HINTS = {
    "en": "Run one of them with `dlcore learn NUMBER`, or by its name: `dlcore learn backpropagation`.",
    "zh": "运行其中一课：`dlcore learn 编号`，或使用名称：`dlcore learn backpropagation --lang zh`。",
}
GO_ON = {"en": "-- Enter goes on, q ends --", "zh": "-- 回车继续，q 结束 --"}


def add_parser(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "learn",
        help="learn how nets learn: six lessons, with every number",
        description="Without a lesson: list the lessons. With one: run it, section by section: its text, its code, "
        "the numbers that the code prints, and its pictures and pages, which are written to files. Pictures need the "
        "extra 'plots' (matplotlib); without it the numbers come all the same.",
        epilog="examples: dlcore learn        dlcore learn 4        dlcore learn chain-rule --lang zh -o pictures",
    )
    parser.add_argument("lesson", nargs="?", metavar="LESSON", help="its number or its name")
    parser.add_argument(
        "-l", "--lang", choices=LANGUAGES, default=LANGUAGES[0], help="the language of the text (default: %(default)s)"
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("dlcore-learn"),
        metavar="DIR",
        help="the folder for pictures and pages, made if it is not there (default: %(default)s)",
    )
    parser.set_defaults(check=check, run=run)


def check(args: argparse.Namespace) -> None:
    """Refuse an unknown lesson, and a folder that cannot be one."""
    if args.lesson is not None:
        try:
            find(args.lesson, args.lang)
        except ValueError as error:
            raise CommandError(str(error), exit_code=2) from error
    if args.output.exists() and not args.output.is_dir():
        raise CommandError(f"--output: {str(args.output)!r} is no folder", exit_code=2)
    parent = next(folder for folder in (args.output, *args.output.absolute().parents) if folder.exists())
    if not os.access(parent, os.W_OK):
        raise CommandError(f"--output: the folder {str(parent)!r} is not writeable", exit_code=2)


def run(args: argparse.Namespace) -> None:
    """List the lessons, or run one."""
    if args.lesson is None:
        width = max(columns(lesson.title) for lesson in lessons(args.lang))
        for lesson in lessons(args.lang):
            print(f"{lesson.number}  {lesson.title}{' ' * (width - columns(lesson.title))}  {lesson.subject}")
        print(f"\n{HINTS[args.lang]}")
        return
    paged = sys.stdin.isatty() and sys.stdout.isatty()
    try:
        for number, shown in enumerate(play(find(args.lesson, args.lang), args.output)):
            if number and shown and paged and _wants_to_end(args.lang):
                return
            if shown:
                print(f"{'' if number == 0 else chr(10)}{shown}\n", flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CommandError(f"a picture could not be written: {error}") from error


def columns(text: str) -> int:
    """How many columns of a terminal a text takes: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _wants_to_end(language: str) -> bool:
    try:
        return input(f"\n{GO_ON[language]} ").strip().lower() == "q"
    except EOFError:
        return True
