"""NumPy's functions on Tensors: those with a differentiable counterpart of the same name are carried out by it.

``np.exp(t)`` and other ufuncs need no more than their names (:data:`~dlcore.autodiff.seam.TWINS`); the functions below
have arguments of their own. A call with an argument that the counterpart lacks is NumPy's, on plain arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dlcore.autodiff.seam import FUNCTIONS

#: NumPy's function: the counterpart's name, and NumPy's arguments in order as the counterpart calls them ("-": it
#: has no such argument). The first ones are given by place.
_ARGUMENTS: dict[Callable[..., Any], tuple[str, str]] = {
    np.sum: ("sum", "x axis - - keepdims"),
    np.prod: ("prod", "x axis - - keepdims"),
    np.mean: ("mean", "x axis - - keepdims"),
    np.var: ("var", "x axis - - - keepdims"),
    np.std: ("std", "x axis - - - keepdims"),
    np.max: ("max", "x axis - keepdims initial"),
    np.min: ("min", "x axis - keepdims initial"),
    np.amax: ("max", "x axis - keepdims initial"),
    np.amin: ("min", "x axis - keepdims initial"),
    np.median: ("median", "x axis - - keepdims"),
    np.cumsum: ("cumsum", "x axis dtype"),
    np.cumprod: ("cumprod", "x axis dtype"),
    np.append: ("append", "x1 x2 axis"),
    np.diff: ("diff", "a n axis"),
    np.average: ("average", "x axis weights"),
    np.linalg.norm: ("norm", "x ord axis keepdims"),
    np.clip: ("clip", "x x_min x_max"),
    np.where: ("where", "condition x1 x2"),
    np.round: ("round", "x decimals"),
    np.around: ("round", "x decimals"),
    np.reshape: ("reshape", "x newshape"),
    np.ravel: ("ravel", "x"),
    np.transpose: ("transpose", "x axes"),
    np.swapaxes: ("swapaxes", "x axis1 axis2"),
    np.moveaxis: ("moveaxis", "x source destination"),
    np.expand_dims: ("expand_dims", "x axis"),
    np.squeeze: ("squeeze", "x axis"),
    np.broadcast_to: ("broadcast_to", "x shape"),
    np.flip: ("flip", "x axis"),
    np.concatenate: ("concatenate", "xs axis"),
    np.stack: ("stack", "x axis"),
    np.hstack: ("hstack", "xs"),
    np.vstack: ("vstack", "xs"),
    np.split: ("split", "x indices_or_sections axis"),
    np.tile: ("tile", "x repeats"),
    np.repeat: ("repeat", "x repeats axis"),
    np.roll: ("roll", "x shift axis"),
    np.pad: ("pad", "x pad_width mode"),
    np.take: ("take", "x indices axis"),
    np.take_along_axis: ("take_along_axis", "x indices axis"),
    np.sort: ("sort", "x axis"),
    np.dot: ("dot", "x1 x2"),
    np.vdot: ("vdot", "x1 x2"),
    np.inner: ("inner", "x1 x2"),
    np.outer: ("outer", "x1 x2"),
    np.tensordot: ("tensordot", "x1 x2 axes"),
    np.trace: ("trace", "x offset axis1 axis2"),
    np.diag: ("diag", "x k"),
    np.diagonal: ("diagonal", "x offset axis1 axis2"),
    np.tril: ("tril", "x k"),
    np.triu: ("triu", "x k"),
}

#: What NumPy calls arguments that the counterparts call otherwise.
_RENAMED = {"a": "x", "a_min": "x_min", "a_max": "x_max", "shape": "newshape", "reps": "repeats", "arrays": "x"}


def numpy_function(called: Callable[..., Any], args: Any, options: dict[str, Any]) -> Any:
    """A call of NumPy's function by its counterpart, or NotImplemented if that cannot do it."""
    if called is np.einsum:
        return FUNCTIONS["einsum"](*args, **options) if isinstance(args[0], str) else NotImplemented
    if called not in _ARGUMENTS or (called is np.where and len(args) == 1):
        return NotImplemented
    name, places = _ARGUMENTS[called]
    known = [place for place in places.split() if place != "-"]
    given = dict(zip(places.split(), args, strict=False))
    for option, value in options.items():
        given[option if option in known or option not in _RENAMED else _RENAMED[option]] = value
    given = {argument: value for argument, value in given.items() if value is not None or argument in known}
    if given.keys() - known:
        extra = given.keys() - known
        if name != "pad" or extra != {"constant_values"}:
            return NotImplemented
    return FUNCTIONS[name](**given)


FUNCTIONS["numpy_function"] = numpy_function
