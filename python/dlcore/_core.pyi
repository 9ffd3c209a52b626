"""The compiled core. Its functions have the signatures of :class:`dlcore.backends.contract.Backend`."""

from collections.abc import Callable, Sequence
from typing import Any, final

from dlcore.backends.contract import Array

def available_isas() -> list[str]: ...
def active_isa() -> str: ...
def force_isa(name: str) -> None: ...
def get_num_threads() -> int: ...
def set_num_threads(count: int) -> None: ...
def usable_processors() -> int: ...
def manifest() -> dict[str, dict[str, int]]: ...
def build_info() -> dict[str, str]: ...
def permutation(seed: int, stream: int, out: Array) -> None: ...
def dense_forward(
    x: Array, w: Array, b: Array | None, activation: str, alpha: float, z: Array | None, y: Array
) -> None: ...
def dense_backward(
    dy: Array,
    x: Array,
    w: Array,
    z: Array | None,
    y: Array,
    activation: str,
    alpha: float,
    dz: Array,
    dx: Array | None,
    dw: Array | None,
    db: Array | None,
) -> None: ...
def activation_forward(activation: str, alpha: float, z: Array, y: Array) -> None: ...
def activation_backward(activation: str, alpha: float, dy: Array, z: Array | None, y: Array, dz: Array) -> None: ...
def normalization_moments(kind: str, x: Array, mean: Array, variance: Array) -> None: ...
def normalization_forward(
    kind: str, x: Array, mean: Array, inverse: Array, gamma: Array | None, beta: Array | None, y: Array
) -> None: ...
def normalization_backward(
    kind: str,
    dy: Array,
    x: Array,
    mean: Array,
    inverse: Array,
    gamma: Array | None,
    dx: Array | None,
    dgamma: Array,
    dbeta: Array,
) -> None: ...
def loss(
    kind: str,
    y_true: Array,
    y_pred: Array,
    sample_weight: Array | None,
    parameter: float,
    scale: float,
    values: Array,
    grad: Array | None,
) -> float: ...
def metric(
    kind: str, y_true: Array, y_pred: Array, sample_weight: Array | None, parameter: float, values: Array
) -> float: ...
def update(kind: str, p: Array, g: Array, slots: Sequence[Array], hyper: tuple[Any, ...]) -> None: ...
def sum_of_absolutes(x: Array) -> float: ...
def sum_of_squares(x: Array) -> float: ...
def all_finite(x: Array) -> bool: ...
def weighted_average(y: Array, beta: float, bias_correction: bool, out: Array) -> None: ...

@final
class Engine:
    def __init__(
        self,
        spec: Any,
        parameters: Sequence[Any],
        slots: Sequence[Any],
        shaping: Any = None,
        draws: Sequence[Array | None] = (),
        statistics: Sequence[tuple[Array, Array] | None] = (),
    ) -> None: ...
    @property
    def taken(self) -> int: ...
    def train(
        self,
        x: Array,
        y: Array,
        sample_weight: Array | None,
        order: Array | None,
        batch_size: int,
        hyper: tuple[Any, ...],
        learning_rates: Array,
        report: Callable[[tuple[Any, ...]], None] | None,
    ) -> tuple[int, int, float, tuple[float, ...]]: ...
    def evaluate(
        self, x: Array, y: Array, sample_weight: Array | None, batch_size: int
    ) -> tuple[int, int, float, tuple[float, ...]]: ...
    def predict(self, x: Array, out: Array) -> None: ...
    def predictor(self, otherwise: Callable[..., Array]) -> Callable[..., Array]: ...
