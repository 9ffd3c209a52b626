"""References in docstrings to what has no page, or has one under another name.

A docstring may say ``:func:`serialize``` in the file where that is defined, though its page calls it
``dlcore.losses.serialize``: such a reference leads to that page. What exists but is documented nowhere (an inner room,
something of NumPy's) reads as plain code. A reference to what does not exist stays unresolved, and is an error.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment


def found(path: str) -> Any:
    """The object at a dotted path, or None."""
    parts = path.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            thing: Any = importlib.import_module(".".join(parts[:cut]))
            for name in parts[cut:]:
                thing = getattr(thing, name)
        except (ImportError, AttributeError, ValueError):
            continue
        return thing
    return None


def places(target: str, node: pending_xref) -> Iterator[str]:
    """Dotted paths that a name in a docstring may stand for, the nearest first.

    A summary in a table does not say which file and class it comes from, so all of the package's are looked in.
    """
    room, cls = node.get("py:module") or "dlcore", node.get("py:class")
    if cls:
        yield f"{room}.{cls}.{target}"
    yield from (f"{room}.{target}", target, f"builtins.{target}")
    files = sorted(name for name in sys.modules if name.split(".")[0] == "dlcore")
    for file in sorted(files, key=lambda name: not name.startswith(room)):
        yield f"{file}.{target}"
        for name, thing in list(vars(sys.modules[file]).items()):
            if isinstance(thing, type) and thing.__module__ == file:
                yield f"{file}.{name}.{target}"


def resolve(app: Sphinx, env: BuildEnvironment, node: pending_xref, contnode: nodes.Element) -> nodes.Element | None:
    """A link to the page of the object meant, or its name as code if it has none."""
    if node.get("refdomain") != "py":
        return None
    target = node["reftarget"].removesuffix("()")
    thing = next((thing for path in places(target, node) if (thing := found(path)) is not None), None)
    if thing is None:
        return None
    home = app.public_catalogue.homes.get(id(thing))  # type: ignore[attr-defined]
    if home is None:
        return contnode
    domain = env.get_domain("py")
    found_in = domain.resolve_any_xref(env, node["refdoc"], app.builder, home, node, contnode)
    return found_in[0][1] if found_in else contnode


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("missing-reference", resolve)
    return {"version": "1", "parallel_read_safe": True}
