"""All families of built-in parts, and which of them an entry belongs to."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dlcore.registry.family import Registry

#: Every registry there is, in the order they were made.
FAMILIES: list[Registry] = []


def built_in(entry: Any) -> Registry | None:
    """The family that a class or function is a built-in entry of, or None."""
    name = getattr(entry, "__name__", None)
    return next((family for family in FAMILIES if name is not None and family.holds(name, entry)), None)


def find_built_in(name: str, module: str | None, want_class: bool) -> Any:
    """The built-in class or function of a name, or None.

    Parameters
    ----------
    name : str
        Of the class or function.
    module : str or None
        Where it is said to live ("keras.losses", "dlcore.optimizers.schedules"). Families of that module are asked; all
        of them if it names none.
    want_class : bool
        Whether a class is wanted, or a function.

    Raises
    ------
    TypeError
        If several families know the name and the module does not say which is meant.
    """
    parts = (module or "").split(".")
    named = [family for family in FAMILIES if family.plural in parts]
    deepest = max((parts.index(family.plural) for family in named), default=0)
    asked = [family for family in named if parts.index(family.plural) == deepest] or FAMILIES
    found = {family: entry for family in asked if (entry := family.own(name)) is not None}
    found = {family: entry for family, entry in found.items() if inspect.isclass(entry) == want_class}
    if len(set(found.values())) > 1:
        modules = sorted(f"dlcore.{family.plural}" for family in found)
        raise TypeError(f"{name!r} is in {' and in '.join(modules)}: the config must name its 'module'")
    return next(iter(found.values()), None)
