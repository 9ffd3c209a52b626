"""All families of built-in parts, and which of them an entry belongs to."""

from __future__ import annotations

import importlib
import inspect
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dlcore.registry.family import Registry

#: Every registry made so far.
FAMILIES: list[Registry] = []


#: The rooms that have families.
_ROOMS = (
    "activations", "constraints", "initializers", "layers", "losses", "metrics", "models", "optimizers", "regularizers",
    "tables",
)  # fmt: skip


def all_families() -> list[Registry]:
    """Every registry of the package, read now if nobody has asked for its room before."""
    for room in _ROOMS:
        importlib.import_module(f"dlcore.{room}")  # named at run time: they all stand above this one
    return FAMILIES


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
        Where it is said to live ("keras.losses", "dlcore.optimizers.schedules"); if that names no family's module
        ("keras"), it may be anywhere.
    want_class : bool
        Whether a class is wanted, or a function.

    Raises
    ------
    TypeError
        If several families know the name and the module does not say which is meant.
    """
    families = all_families()
    found = [(family.module_of(entry), entry) for family in families if (entry := family.own(name)) is not None]
    found = [(home, entry) for home, entry in found if inspect.isclass(entry) == want_class]
    parts = (module or "").split(".")
    if any(family.plural in parts for family in families):
        found = [(home, entry) for home, entry in found if home.rpartition(".")[2] in parts]
    if len({id(entry) for _, entry in found}) > 1:
        homes = " and in ".join(sorted({home for home, _ in found}))
        raise TypeError(f"{name!r} is in {homes}: the config must name its 'module'")
    return found[0][1] if found else None
