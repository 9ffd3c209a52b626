"""``|x|`` in a docstring is an absolute value and ``classes_`` a name: neither is reStructuredText's markup."""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

#: Literals, in which nothing needs to be escaped; a bar; the underscore that ends a name.
MARK = re.compile(r"(``.+?``|`[^`]+`_)|\||(?<=\w)_(?=[\s.,;:)\]]|$)")


def escape(_app: Sphinx, _kind: str, _name: str, _thing: Any, _options: Any, lines: list[str]) -> None:
    """Escape the bars and last underscores of a docstring; examples, directives and literals stay as they are."""
    for i, line in enumerate(lines):
        if not line.lstrip().startswith((">>>", "...", "..")):
            lines[i] = MARK.sub(lambda found: found[1] or f"\\{found[0]}", line)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx; numpydoc, which rearranges a docstring, comes first."""
    app.connect("autodoc-process-docstring", escape, priority=900)
    return {"version": "1", "parallel_read_safe": True}
