"""A lesson as its cells: a piece of text and the code that follows it."""

from __future__ import annotations

import ast
import difflib
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent

#: The lessons in the order of the course; each is a module of this name.
NAMES = ("losses", "descent", "chain_rule", "backpropagation", "momentum_to_adam", "schedules")

#: What the text is written in; the first is that of the modules.
LANGUAGES = ("en", "zh")

#: What begins a cell in a module, and what stands between the texts of a translation.
MARK, SEPARATOR = "# %%", "%%"


class Cell(NamedTuple):
    """A piece of text, in reStructuredText, and the code that follows it, which may be empty."""

    text: str
    code: str


class Lesson(NamedTuple):
    """A lesson of the course.

    Attributes
    ----------
    number : int
        From 1 on.
    name : str
        That of its module.
    language : str
        Of its text.
    cells : tuple of Cell
        Its pieces; the first text begins with the title and a sentence that says what it is about.
    """

    number: int
    name: str
    language: str
    cells: tuple[Cell, ...]

    @property
    def title(self) -> str:
        """The first line of the text."""
        return self.cells[0].text.split("\n", 1)[0]

    @property
    def subject(self) -> str:
        """The sentence under the title."""
        return self.cells[0].text.split("\n\n")[1].replace("\n", " ")

    @property
    def source(self) -> str:
        """A script in the format of sphinx-gallery, whatever the language."""
        first, *others = self.cells
        pieces = [f'"""\n{first.text}\n"""\n\n{first.code}']
        pieces += [f"{MARK}\n{_as_comments(cell.text)}\n\n{cell.code}" for cell in others]
        return "\n\n".join(piece.rstrip("\n") for piece in pieces) + "\n"


def lessons(language: str = LANGUAGES[0]) -> tuple[Lesson, ...]:
    """All lessons in their order.

    Raises
    ------
    ValueError
        If there is no such language.
    """
    return tuple(find(name, language) for name in NAMES)


def find(name: str | int, language: str = LANGUAGES[0]) -> Lesson:
    """The lesson of a name, with ``-`` or ``_``, or of a number.

    Raises
    ------
    ValueError
        If there is none; a name that is nearly right is suggested.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language must be one of {', '.join(LANGUAGES)}; got {language!r}")
    wanted = str(name).strip().lower().replace("-", "_").replace(" ", "_")
    numbers = {str(number): found for number, found in enumerate(NAMES, 1)}
    found = numbers.get(wanted, wanted)
    if found not in NAMES:
        near = difflib.get_close_matches(found, NAMES, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise ValueError(f"no lesson is called {str(name)!r}; there are 1 to {len(NAMES)}: {', '.join(NAMES)}.{hint}")
    cells = _cells((FOLDER / f"{found}.py").read_text("utf-8"))
    if language != LANGUAGES[0]:
        texts = (FOLDER / language / f"{found}.rst").read_text("utf-8").split(f"\n{SEPARATOR}\n")
        cells = tuple(Cell(text.strip("\n"), cell.code) for text, cell in zip(texts, cells, strict=True))
    return Lesson(NAMES.index(found) + 1, found, language, cells)


def _cells(source: str) -> tuple[Cell, ...]:
    """A module's docstring with the code up to the first mark, then the comment under each mark with its code."""
    docstring = ast.parse(source).body[0]
    text = ast.get_docstring(ast.parse(source)) or ""
    rest = source.split("\n")[docstring.end_lineno :]
    cells, code = [], list[str]()
    in_text = False
    for line in rest:
        if line == MARK:
            cells.append(Cell(text, "\n".join(code).strip("\n")))
            text, code, in_text = "", [], True
        elif in_text and line.startswith("#"):
            text += f"{line[2:]}\n"
        else:
            in_text = False
            code.append(line)
    cells.append(Cell(text, "\n".join(code).strip("\n")))
    return tuple(Cell(cell.text.strip("\n"), cell.code) for cell in cells)


def _as_comments(text: str) -> str:
    return "\n".join(f"# {line}".rstrip() for line in text.split("\n"))
