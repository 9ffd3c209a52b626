"""FeatureEncoder: a table as the matrix of numbers that a network learns from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dlcore.checks import number, whole
from dlcore.floats import Array, float_dtype
from dlcore.tables import columns as learned_columns
from dlcore.tables import kinds
from dlcore.tables.columns import Learned, NumberColumn
from dlcore.tables.encoding import Encoding
from dlcore.tables.intake import Table, read
from dlcore.tables.learning import learn_categories, learn_dates, learn_number
from dlcore.tables.parameters import Parameters
from dlcore.tables.scaling import SCALINGS
from dlcore.tables.selection import as_list, positions
from dlcore.tables.sparse import learn_sparse
from dlcore.tables.weights import positive_rows


class FeatureEncoder(Parameters):
    """Columns of numbers, categories and dates as one matrix of numbers near 0, without gaps.

    Parameters
    ----------
    categorical_features : "auto", None, list of names or indexes, or mask
        Which columns are categories. "auto": those of text, and of a data frame's category dtype. Otherwise the
        columns that are named, and no other.
    scaling : {"robust", "standard", "minmax"} or None
        What is subtracted from numbers, and what they are divided by: mean and standard deviation of the column, to
        which outliers count as the farthest value that is none; the same with outliers as they are; the least value and
        the whole range; nothing.
    clip : float or None
        The bound that scaled numbers bend toward, x / √(1 + (x / clip)²), so that outliers stay near; None for none.
    max_categories : int
        How many features a column of categories may have; the less frequent ones share the last.
    min_frequency : int or float
        In how many rows (float: in which part of them) a category must be found for a feature of its own.
    indicators : bool
        Whether a column of numbers in which some were missing gets a second feature that says where.
    sparse : {"keep", "dense"}
        What becomes of a sparse matrix: a sparse one again, whose numbers are scaled without being centered; or the
        same as of the dense matrix it stands for, made a few rows at a time.
    dtype : {"float32", "float64"}
        Of the result.
    """

    _names = (
        "categorical_features", "scaling", "clip", "max_categories", "min_frequency", "indicators", "sparse", "dtype",
    )  # fmt: skip

    def __init__(
        self,
        categorical_features: Any = "auto",
        scaling: str | None = "robust",
        clip: float | None = 3.0,
        max_categories: int = 64,
        min_frequency: float = 2,
        indicators: bool = True,
        sparse: str = "keep",
        dtype: str = "float32",
    ) -> None:
        self.categorical_features = categorical_features
        self.scaling = scaling
        self.clip = clip
        self.max_categories = max_categories
        self.min_frequency = min_frequency
        self.indicators = indicators
        self.sparse = sparse
        self.dtype = dtype
        self._check()

    def _check(self) -> None:
        if self.scaling is not None and self.scaling not in SCALINGS:
            raise ValueError(f"scaling must be None or one of {', '.join(SCALINGS)}; got {self.scaling!r}")
        if self.clip is not None:
            number("clip", self.clip, 0, open_low=True)
        whole("max_categories", self.max_categories, 2, 10**6)
        if isinstance(self.min_frequency, float):
            number("min_frequency", self.min_frequency, 0, 1)
        else:
            whole("min_frequency", self.min_frequency, 1, 2**53)
        if not isinstance(self.indicators, (bool, np.bool_)):
            raise TypeError(f"indicators must be True or False; got {self.indicators!r}")
        if self.sparse not in ("keep", "dense"):
            raise ValueError(f"sparse must be 'keep' or 'dense'; got {self.sparse!r}")
        float_dtype(self.dtype)
        as_list(self.categorical_features)

    # --- Fit ---

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> FeatureEncoder:  # noqa: ARG002 - as others have it
        """Learn from a table what its columns hold.

        Parameters
        ----------
        X : data frame, array, sparse matrix, dict of columns, or list of rows
            At least one row and one column. None, NaN, pandas's NA and NaT are missing.
        y
            Not used.
        sample_weight : array-like, (rows,), optional
            A row of weight 2 counts as two rows.

        Returns
        -------
        self

        Raises
        ------
        TypeError, ValueError
            If X cannot be read, or holds what cannot be learned (infinity, say). Nothing has changed then.
        """
        self._check()
        table = read(X)
        if not table.width:
            raise ValueError(
                f"Found array with 0 feature(s) (shape=({table.rows}, 0)) while a minimum of 1 is required."
            )
        rows, weights = positive_rows(sample_weight, table.rows)
        if rows is not None:
            table = table.take(rows)
        if not table.rows:
            raise ValueError(
                f"Found array with 0 sample(s) (shape=(0, {table.width})) while a minimum of 1 is required."
            )
        sparse = table.sparse is not None and self.sparse == "keep"
        learned = self._learn(table, weights, sparse)
        if not any(column.features("") for column in learned):
            raise ValueError(
                "X has nothing to learn from: every column holds categories that are found in too few rows"
            )
        self._settle(table.names, learned, sparse)
        return self

    def _learn(self, table: Table, weights: Array | None, sparse: bool) -> list[Learned]:
        found = self._kinds(table)
        if sparse:
            if "category" in found:
                raise ValueError("a sparse X has columns of numbers only; categorical_features must be 'auto' or None")
            return list(learn_sparse(table, weights, self.scaling))
        if table.sparse is not None:
            table = table._replace(sparse=table.sparse.tocsc())  # which gives its columns quickly
        total = table.rows if weights is None else float(weights.sum())
        least = self.min_frequency * total if isinstance(self.min_frequency, float) else self.min_frequency
        learned: list[Learned] = []
        for index, kind in enumerate(found):
            column, label = table.column(index), table.label(index)
            if kind == "category":
                learned.append(learn_categories(column, label, weights, self.max_categories, least))
            elif kind == "date":
                learned.append(learn_dates(column, label, weights, self.scaling, self.indicators))
            else:
                numbers = kinds.numbers(column, label)
                learned.append(learn_number(numbers, label, weights, self.scaling, self.indicators))
        return learned

    def _kinds(self, table: Table) -> list[str]:
        """What each column is taken for."""
        chosen = as_list(self.categorical_features)
        plain = table.matrix is not None or table.sparse is not None
        if chosen == "auto":
            if plain:
                return ["number"] * table.width
            return [kinds.kind(table.column(i), table.label(i)) for i in range(table.width)]
        named = positions(chosen, table)
        return [
            "category"
            if i in named
            else "date"
            if not plain and kinds.kind(table.column(i), table.label(i)) == "date"
            else "number"
            for i in range(table.width)
        ]

    def _settle(self, names: list[str] | None, learned: list[Learned], sparse: bool) -> None:
        """Take over what was learned."""
        vars(self).pop("feature_names_in_", None)
        if names is not None:
            self.feature_names_in_ = np.array(names, dtype=object)
        self.n_features_in_ = len(learned)
        self._columns, self._sparse = learned, sparse
        self._encoding = self._prepared()
        self.n_features_out_ = self._encoding.width

    def _prepared(self) -> Encoding:
        return Encoding(self._columns, self.clip, np.dtype(self.dtype))

    # --- Transform ---

    @property
    def is_fitted(self) -> bool:
        """Whether anything was learned yet."""
        return hasattr(self, "_columns")

    def transform(self, X: Any) -> Any:
        """The features of a table with the columns that ``fit`` saw.

        Columns are found by name if both tables have names, in whatever order and among others; else by place.

        Parameters
        ----------
        X
            As for :meth:`fit`; rows may be none.

        Returns
        -------
        ndarray, (rows, n_features_out_), C-contiguous; or a CSR matrix, where ``fit`` saw a sparse one and X is one

        Raises
        ------
        ValueError
            If a column is missing, or holds infinity or what is no number where a number belongs.
        RuntimeError
            If nothing was learned yet.
        """
        self._check_fitted()
        table = self._in_order(read(X))
        if self._encoding.clip != self.clip or self._encoding.dtype != self.dtype:  # set_params said so since
            self._encoding = self._prepared()
        if self._sparse and table.sparse is not None:
            return self._encoding.sparse(table)
        return self._encoding.dense(table)

    def fit_transform(self, X: Any, y: Any = None, sample_weight: Any = None) -> Any:
        """:meth:`fit`, then :meth:`transform`."""
        return self.fit(X, y, sample_weight).transform(X)

    def _in_order(self, table: Table) -> Table:
        known = getattr(self, "feature_names_in_", None)
        if known is None or table.names is None:
            if table.width != self.n_features_in_:
                raise ValueError(
                    f"X has {table.width} features, but {type(self).__name__} is expecting {self.n_features_in_} "
                    "features as input"
                )
            return table
        if table.names == known.tolist():
            return table
        places = {name: i for i, name in enumerate(table.names)}
        absent = [name for name in known if name not in places]
        if absent:
            raise ValueError(
                "The feature names should match those that were passed during fit.\nFeature names seen at fit time, "
                "yet now missing:\n" + "".join(f"- {name}\n" for name in absent[:5]) + "- ...\n" * (len(absent) > 5)
            )
        return table.choose([places[name] for name in known])

    # --- Account ---

    def _input_names(self) -> list[str]:
        known = getattr(self, "feature_names_in_", None)
        return [f"x{i}" for i in range(self.n_features_in_)] if known is None else [str(name) for name in known]

    def get_feature_names_out(self, input_features: Any = None) -> Array:
        """The names of the features: "age", "age=(missing)", "city=Paris", "city=(other)", ….

        Parameters
        ----------
        input_features : list of str, optional
            The names of the columns, where X had none; else they must be the same.
        """
        self._check_fitted()
        names = self._input_names()
        if input_features is not None:
            given = [str(name) for name in input_features]
            if hasattr(self, "feature_names_in_") and given != names:
                raise ValueError("input_features is not equal to feature_names_in_")
            if len(given) != len(names):
                raise ValueError(
                    f"input_features should have length equal to number of features ({len(names)}), got {len(given)}"
                )
            names = given
        made = [feature for name, column in zip(names, self._columns, strict=True) for feature in column.features(name)]
        return np.array(made, dtype=object)

    def describe(self) -> list[dict[str, Any]]:
        """What was done to each column: "name", "kind", "features" (their names), "missing" (rows), and "text"."""
        self._check_fitted()
        return [
            {
                "name": name,
                "kind": learned_columns.kind_of(column),
                "features": column.features(name),
                "missing": column.missing,
                "text": column.account(),
            }
            for name, column in zip(self._input_names(), self._columns, strict=True)
        ]

    # --- Config ---

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments and what was learned, as plain values for JSON."""
        config = {**self.get_params(), "categorical_features": as_list(self.categorical_features), "fitted": None}
        if self.is_fitted:
            names = [str(n) for n in self.feature_names_in_] if hasattr(self, "feature_names_in_") else None
            columns = [column.to_json() for column in self._columns]
            config["fitted"] = {"names": names, "sparse": self._sparse, "columns": columns}
        return config

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> FeatureEncoder:
        """The encoder that :meth:`get_config` described.

        Raises
        ------
        ValueError, TypeError
            If it is no such description.
        """
        encoder, fitted = cls._made(config)
        if fitted is not None:
            names, sparse, described = (fitted.get(key) for key in ("names", "sparse", "columns"))
            if not isinstance(described, list) or not described or not isinstance(sparse, bool):
                raise ValueError("FeatureEncoder: 'fitted' must have 'columns', 'sparse' and 'names'")
            learned = [learned_columns.from_json(column) for column in described]
            if sparse and not all(type(c) is NumberColumn and not c.indicator and not c.center for c in learned):
                raise ValueError("FeatureEncoder: what was learned of a sparse matrix is numbers without a center")
            if names is not None and not (
                isinstance(names, list) and len(set(map(str, names))) == len(learned) == len(names)
                and all(isinstance(name, str) for name in names)
            ):  # fmt: skip
                raise ValueError(f"FeatureEncoder: 'names' must be None or a name for each of {len(learned)} columns")
            encoder._settle(names, learned, sparse)
        return encoder
