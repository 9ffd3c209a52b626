"""The public names of dlcore: a directive that documents them, and a check that none was forgotten.

``.. public:: dlcore.losses`` with names in its body writes a table of them and the documentation of each. A name that
means the same object as another room's is documented once, where it is defined; elsewhere an entry leads there. A
class shows what it adds to its public bases.

When everything is read, each public room's names are compared with those that the pages documented: a name on no
page, a name on a page that does not exist and an object without a docstring are warnings, and so errors.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from types import GenericAlias, ModuleType
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

import dlcore

logger = logging.getLogger(__name__)

#: Rooms below the front door that have public names of their own.
INNER_ROOMS = ("dlcore.optimizers.schedules",)

#: Where the types of a class's own members come from: functions, properties, descriptors of dlcore.
OURS = ("builtins", "dlcore", "functools")


def public_names(module: ModuleType) -> list[str]:
    """What ``from module import *`` gives, modules left out."""
    names = getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("_")]
    return sorted(name for name in names if not isinstance(getattr(module, name), ModuleType))


def rooms() -> list[str]:
    """The modules that the front door shows, and the front door itself, which comes last: its names lead to rooms."""
    # A room that needs an extra is an attribute, but no part of `from dlcore import *`.
    names = [*dlcore.__all__, *getattr(dlcore, "_EXTRAS", ())]
    shown = [f"dlcore.{name}" for name in names if isinstance(getattr(dlcore, name), ModuleType)]
    return [*shown, *INNER_ROOMS, "dlcore"]


def public_objects() -> Iterator[tuple[str, Any]]:
    """Every public name, in full, with its object."""
    for room in rooms():
        module = importlib.import_module(room)
        for name in public_names(module):
            yield f"{room}.{name}", getattr(module, name)


class Catalogue:
    """Which of an object's names is the one that it is documented under."""

    def __init__(self) -> None:
        self.objects = dict(public_objects())
        self.homes: dict[int, str] = {}
        for full, thing in self.objects.items():
            if id(thing) not in self.homes or (_is_home(full, thing) and not _is_home(self.homes[id(thing)], thing)):
                self.homes[id(thing)] = full

    def home(self, full: str) -> str:
        """The name under which the object of this name is documented: ``dlcore.losses.huber``."""
        thing = self.objects[full]
        # Numbers, strings and tuples that happen to be equal are not the same thing under two names.
        return self.homes[id(thing)] if callable(thing) else full

    def added(self, cls: type) -> list[str]:
        """Public attributes of a class that none of its public bases has."""
        bases = [base for base in cls.__mro__[1:] if id(base) in self.homes]
        inherited = {name for base in bases for name in dir(base)} | set(dir(object))
        own = [base for base in cls.__mro__ if _root(base) == "dlcore" and base not in bases]
        # What another package puts into a class (scikit-learn's request methods) is not ours to document.
        added = {name for base in own for name, member in vars(base).items() if _root(type(member)) in OURS}
        return sorted({name for name in added if not name.startswith("_")} - inherited)


def _root(cls: type) -> str:
    return cls.__module__.split(".")[0]


def _is_home(full: str, thing: Any) -> bool:
    """Whether an object is defined in the room of this name and calls itself so."""
    room, _, name = full.rpartition(".")
    if getattr(thing, "__name__", None) != name:
        return False
    return room != "dlcore" and f"{getattr(thing, '__module__', '')}.".startswith(f"{room}.")


class Public(SphinxDirective):
    """Documents the names in its body, which are those of the module that is its argument."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """A table of the names, and after it each of them."""
        (room,) = self.arguments
        module = importlib.import_module(room)
        names = [name for line in self.content for name in line.split()]
        catalogue: Catalogue = self.env.app.public_catalogue  # type: ignore[attr-defined]
        documented: dict[str, str] = vars(self.env).setdefault("public_documented", {})
        lines = [f".. currentmodule:: {room}", "", ".. autosummary::", "   :nosignatures:", ""]
        entries: list[str] = []
        for name in names:
            full = f"{room}.{name}"
            if full not in catalogue.objects:
                logger.warning("%s is no public name of %s", name, room, location=self.get_location())
                continue
            documented[full] = self.env.docname
            if not isinstance(getattr(module, name), GenericAlias):
                lines.append(f"   {name}")
            entries += self.entry(full, getattr(module, name), catalogue)
        return self.parse_text_to_nodes("\n".join([*lines, "", *entries]))

    def entry(self, full: str, thing: Any, catalogue: Catalogue) -> list[str]:
        """The lines that document one name."""
        name = full.rpartition(".")[2]
        if isinstance(thing, GenericAlias):
            return [f".. py:type:: {name}", f"   :canonical: {thing}", ""]
        kind = "class" if isinstance(thing, type) else "function" if inspect.isroutine(thing) else "data"
        home = catalogue.home(full)
        if home != full:
            role = {"class": "class", "function": "func"}.get(kind, "data")
            return [f".. py:{kind}:: {name}", "", f"   The same as :{role}:`{home}`.", ""]
        lines = [f".. auto{kind}:: {full}"]
        if isinstance(thing, type) and (members := catalogue.added(thing)):
            lines.append(f"   :members: {', '.join(members)}")
        return [*lines, ""]


def undocumented(catalogue: Catalogue) -> Iterator[str]:
    """Public objects, and attributes that their classes add, without a docstring."""
    for full, thing in catalogue.objects.items():
        if catalogue.home(full) != full or not callable(thing):
            continue
        if not inspect.getdoc(thing):
            yield full
        if isinstance(thing, type):
            for name in catalogue.added(thing):
                member = inspect.getattr_static(thing, name)
                if (callable(member) or isinstance(member, property | classmethod | staticmethod)) and not (
                    inspect.getdoc(getattr(thing, name))
                ):
                    yield f"{full}.{name}"


def begin(app: Sphinx) -> None:
    """Learn the names once."""
    app.public_catalogue = Catalogue()  # type: ignore[attr-defined]


def check(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of every public name that is on no page or has no docstring."""
    catalogue: Catalogue = app.public_catalogue  # type: ignore[attr-defined]
    documented = getattr(env, "public_documented", {})
    for full in sorted(catalogue.objects.keys() - documented.keys()):
        logger.warning("%s is public, but on no page of docs/api", full)
    for full in undocumented(catalogue):
        logger.warning("%s is public, but has no docstring", full)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_directive("public", Public)
    app.connect("builder-inited", begin)
    app.connect("env-check-consistency", check)
    return {"version": "1", "parallel_read_safe": False}
