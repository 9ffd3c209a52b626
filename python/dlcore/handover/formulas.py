"""The C functions that an exported header may need: pieces of the files in ``c/``, with what they need themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

#: What all names in the files begin with; a header has its own name there.
PREFIX = "dl_"

#: In the order that C wants them in: a file uses those before it.
FILES = ("numbers.h", "exp.h", "log.h", "normal.h", "activations.h", "rows.h")

_WORD = re.compile(rf"\b{PREFIX}\w+")

#: The line that a definition begins with: a function, an array, or the last line of a struct.
_DEFINITION = re.compile(rf"^(?:static .*?\b({PREFIX}\w+)[(\[]|\}} ({PREFIX}\w+);)", re.MULTILINE)


class Piece(NamedTuple):
    """A definition with its comment, what it defines, and what else it mentions."""

    text: str
    name: str
    needs: frozenset[str]


@cache
def pieces() -> dict[str, Piece]:
    """Every definition by its name, in order. In a file they stand apart by empty lines, after the file's comment."""
    found = {}
    for file in FILES:
        text = (Path(__file__).parent / "c" / file).read_text("utf-8")
        for part in text.strip().split("\n\n")[1:]:
            match = _DEFINITION.search(part)
            assert match, f"{file} holds a piece that defines nothing: {part}"
            name = match[1] or match[2]
            found[name] = Piece(part, name, frozenset(_WORD.findall(part)) - {name})
    return found


def needed(names: Iterable[str]) -> list[Piece]:
    """The pieces of these names and of all that they need, in the order of the files."""
    known = pieces()
    wanted: set[str] = set()
    rest = list(names)
    while rest:
        name = rest.pop()
        if name not in wanted:
            wanted.add(name)
            rest.extend(known[name].needs)
    return [piece for name, piece in known.items() if name in wanted]


def takes_parameter(kind: str) -> bool:
    """Whether the function of an activation takes the activation's parameter."""
    return f"{PREFIX}{kind}(float z, float p)" in pieces()[PREFIX + kind].text
