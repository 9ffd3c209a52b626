"""HTML of a few kinds."""

from __future__ import annotations

import numpy as np

from dlcore.markup import array_html, details, escape, picture, table


def test_everything_is_escaped():
    nasty = "<i>&\"'"
    assert escape(nasty) == "&lt;i&gt;&amp;&quot;&#x27;"
    for made in (
        table((nasty,), ((nasty,),), nasty),
        details(nasty, nasty),
        array_html("Variable", np.ones(2), nasty),
        picture(1, 1, nasty, ()),
    ):
        assert "<i>" not in made


def test_tables_have_a_cell_a_value():
    made = table(("a", "b"), ((1, 2), (3, 4)), "both")
    assert made.count("<td") == 4
    assert made.count("<th ") == 2
    assert "<caption" in made
    assert "<thead" not in table((), ((1,),))


def test_arrays_by_their_axes():
    assert "a number, int64" in array_html("Tensor", np.int64(3))
    assert array_html("Tensor", np.arange(3)).count("<td") == 3
    assert array_html("Tensor", np.zeros((3, 2))).count("<td") == 6
    assert array_html("Tensor", np.zeros((100, 100))).count("<td") == 81
    assert "True" in array_html("Tensor", np.array([True]))


def test_pictures_shrink_so_far():
    made = picture(200, 100, "a net", ("<g/>",), 0.5)
    assert 'viewBox="0 0 200 100"' in made
    assert "min-width:100px" in made
    assert made.endswith("<g/></svg>")
