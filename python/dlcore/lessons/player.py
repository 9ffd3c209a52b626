"""Runs a lesson cell by cell, as a notebook would: text, code, what it prints, and the pictures and pages it makes."""

from __future__ import annotations

import ast
import re
import shutil
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dlcore.lessons.script import Lesson


def play(lesson: Lesson, folder: Path) -> Iterator[str]:
    """Run a lesson; what its code prints goes to standard output as it happens.

    Pictures go to ``folder`` as ``NN_name_K.png``. The value of a cell that ends with an expression is printed, and
    goes to ``NN_name_K.html`` if it can write itself as a page. A cell whose pictures need a package that is not
    installed says so, and the lesson goes on.

    Yields
    ------
    str
        The text and code of each cell before it runs; "" after the last one.

    Raises
    ------
    OSError
        If a picture or page cannot be written.
    """
    album = Album(folder, f"{lesson.number:02}_{lesson.name}")
    # A paragraph in Chinese is one line without spaces: it cannot be filled, and the terminal breaks it.
    width = min(shutil.get_terminal_size().columns, 100) if lesson.language == "en" else None
    _draw_without_a_display()
    names: dict[str, Any] = {"__name__": f"dlcore.lessons.{lesson.name}"}
    for number, cell in enumerate(lesson.cells, 1):
        yield "\n\n".join(part for part in (as_plain_text(cell.text, width), _indented(cell.code)) if part)
        try:
            value = _run(cell.code, f"<{lesson.name}, section {number}>", names)
        except ImportError as error:
            print(f"This section is left out: {error}")
            continue
        for path in album.keep(value):
            print(f"-> {path}")
    yield ""


class Album:
    """The files that a lesson leaves behind, numbered."""

    def __init__(self, folder: Path, stem: str) -> None:
        self.folder, self.stem, self.count = folder, stem, 0

    def keep(self, value: Any) -> Iterator[Path]:
        """Write the open figures, and the value if it can write itself as a page."""
        pyplot: Any = sys.modules.get("matplotlib.pyplot")
        for number in pyplot.get_fignums() if pyplot else ():
            figure = pyplot.figure(number)
            path = self._next(".png")
            figure.savefig(path, dpi=120)
            pyplot.close(figure)
            yield path
        if hasattr(value, "to_html"):
            path = self._next(".html")
            path.write_text(value.to_html(), "utf-8")
            yield path

    def _next(self, ending: str) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.count += 1
        return self.folder / f"{self.stem}_{self.count}{ending}"


def as_plain_text(text: str, width: int | None) -> str:
    """A lesson's text as one reads it in a terminal: without roles, literal marks and the second colon of ``::``.

    Paragraphs are filled to the width, if there is one; formulas, titles and lists stay as they are.
    """
    text = re.sub(r":\w+:`~?([^`]+)`", r"\1", text)
    text = re.sub(r"``([^`]+)``", r"\1", text)
    text = re.sub(r"::$", ":", text.replace("\n\n::\n\n", "\n\n"), flags=re.M)
    return "\n\n".join(_filled(block, width) for block in text.split("\n\n")) if width else text


def _filled(block: str, width: int) -> str:
    fixed = re.match(r" |\d+\. ", block) or re.search(r"^(=+|-+)$", block, flags=re.M)
    return block if fixed else textwrap.fill(block, width)


def _run(code: str, filename: str, names: dict[str, Any]) -> Any:
    """Run a cell; if it ends with an expression that has a value, print it and give it."""
    body = ast.parse(code).body
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), filename, "exec"), names)
    if not isinstance(last, ast.Expr):
        return None
    value = eval(compile(ast.Expression(last.value), filename, "eval"), names)
    if value is not None:
        print(value)
    return value


def _draw_without_a_display() -> None:
    """Let pyplot, where it is installed, draw into files, whatever the user's choice."""
    try:
        import matplotlib
    except ImportError:
        return
    matplotlib.use("Agg")


def _indented(code: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in code.split("\n")) if code else ""
