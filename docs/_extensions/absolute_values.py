"""``|x|`` in a docstring is an absolute value, not one of reStructuredText's substitutions."""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

#: Literals, in which nothing needs to be escaped, or a bar.
LITERAL_OR_BAR = re.compile(r"(``.+?``)|\|")


def escape(_app: Sphinx, _kind: str, _name: str, _thing: Any, _options: Any, lines: list[str]) -> None:
    """Escape the bars of a docstring, those of examples and literals left alone."""
    for i, line in enumerate(lines):
        if not line.lstrip().startswith((">>>", "...")):
            lines[i] = LITERAL_OR_BAR.sub(lambda found: found[1] or r"\|", line)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx; numpydoc, which rearranges a docstring, comes first."""
    app.connect("autodoc-process-docstring", escape, priority=900)
    return {"version": "1", "parallel_read_safe": True}
