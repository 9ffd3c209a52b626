"""No picture is shown, no setting of the user's is changed, no figure outlives its test."""

from __future__ import annotations

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

matplotlib.use("agg")


@pytest.fixture(autouse=True)
def manners(monkeypatch):
    monkeypatch.setattr(plt, "show", lambda *args, **kwargs: pytest.fail("a plot called show"))
    settings, backend = dict(matplotlib.rcParams), matplotlib.get_backend()
    yield
    plt.close("all")
    assert dict(matplotlib.rcParams) == settings
    assert matplotlib.get_backend() == backend


@pytest.fixture
def ax():
    return plt.figure().subplots()


@pytest.fixture
def lines():
    """The data of each line by its label, without what stands in gaps."""

    def read(ax):
        found = {}
        for line in ax.get_lines():
            x, y = line.get_data(orig=False)
            keep = ~np.isnan(y)
            found[line.get_label()] = x[keep], y[keep]
        return found

    return read
