"""explain_step: one training step taken apart, the model left as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from dlcore.models.arguments import check_flag
from dlcore.models.training import Trainer

if TYPE_CHECKING:
    from dlcore.explain import Explanation
    from dlcore.models.model import Model


class Explainable(Trainer):
    """A model that can show what a training step does."""

    def explain_step(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Mapping[Any, float] | None = None,
        *,
        apply: bool = False,
    ) -> Explanation:
        """Take one training step on a batch apart; the model stays as it is.

        Every number is the one that :meth:`train_on_batch` (and ``fit`` with ``shuffle=False``) computes, bit for
        bit. A copy of the model takes the step: weights, optimizer, seeds and metrics do not change.

        Parameters
        ----------
        x, y, sample_weight, class_weight
            One batch, as for :meth:`fit`.
        apply : bool
            Whether the model itself then takes the step, too.

        Returns
        -------
        Explanation
            Arrays by name; ``print`` it, ``save`` it as a page, or look at it in a notebook.

        Raises
        ------
        ValueError, TypeError
            For bad input, and if the model is not compiled. Nothing has changed then.

        Examples
        --------
        >>> step = model.explain_step(x, y)
        >>> step["dense/kernel/gradient"]
        >>> step.save("step.html")
        """
        from dlcore.models.dissection import dissected

        check_flag("apply", apply)
        found = dissected(cast("Model", self), x, y, sample_weight, class_weight)
        if apply:
            self.train_on_batch(x, y, sample_weight, class_weight)
        return found
