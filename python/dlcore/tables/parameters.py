"""What all encoders share: their arguments by name, as scikit-learn's tools ask for them, and configs."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

E = TypeVar("E", bound="Parameters")


class Parameters:
    """Base class: subclasses name their constructor's arguments in ``_names``, and keep them as they are."""

    _names: ClassVar[tuple[str, ...]] = ()

    @property
    def is_fitted(self) -> bool:
        """Whether anything was learned yet."""
        raise NotImplementedError

    def _check_fitted(self) -> None:
        if not self.is_fitted:
            raise RuntimeError(f"This {type(self).__name__} instance is not fitted yet. Call 'fit' first.")

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002 - scikit-learn's argument
        """The constructor's arguments."""
        return {name: getattr(self, name) for name in self._names}

    def set_params(self: E, **params: Any) -> E:
        """Change some of the constructor's arguments; returns self.

        Raises
        ------
        ValueError
            If one has another name, or a value that the constructor refuses.
        """
        for name in params:
            if name not in self._names:
                raise ValueError(f"{type(self).__name__} has no parameter {name!r}; it has {', '.join(self._names)}")
        type(self)(**{**self.get_params(), **params})
        vars(self).update(params)
        return self

    @classmethod
    def _made(cls: type[E], config: Mapping[str, Any]) -> tuple[E, dict[str, Any] | None]:
        """A new encoder with the arguments in a config, and what it says was learned."""
        if not isinstance(config, Mapping):
            raise ValueError(f"{cls.__name__}: a config is a dict; got {config!r}")
        arguments = dict(copy.deepcopy(config))
        fitted = arguments.pop("fitted", None)
        unknown = sorted(set(map(str, arguments)) - set(cls._names))
        if unknown:
            raise ValueError(f"{cls.__name__} has no parameter {unknown[0]!r}; it has {', '.join(cls._names)}")
        if fitted is not None and not isinstance(fitted, dict):
            raise ValueError(f"{cls.__name__}: 'fitted' must be None or a dict; got {fitted!r}")
        return cls(**arguments), fitted

    def __repr__(self) -> str:
        arguments = ", ".join(f"{name}={value!r}" for name, value in self.get_params().items())
        return f"{type(self).__name__}({arguments})"
