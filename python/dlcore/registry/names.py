"""What to say about a name nobody knows, and about an object nobody can describe."""

from __future__ import annotations

from collections.abc import Iterable

#: How a class or function of the user's own is made known.
ADVICE = (
    "A class or function of your own is found if you pass custom_objects={{{name!r}: …}}, or decorate it with "
    "@dlcore.saving.register_keras_serializable() and import it first"
)


def unknown_name(family: str, name: object, known: Iterable[str]) -> str:
    """The message for a name nobody registered: what was meant perhaps, and what there is."""
    from difflib import get_close_matches

    names = sorted(set(known))
    in_any_case = {n.lower(): n for n in names}
    close = get_close_matches(str(name), names, n=1)
    close = close or [in_any_case[n] for n in get_close_matches(str(name).lower(), in_any_case, n=1)]
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return f"Unknown {family} {name!r}.{hint} Known: {', '.join(names)}"


def advice(name: object) -> str:
    """How to make an object of the user's own known under this name."""
    return ADVICE.format(name=str(name).rpartition(">")[2])
