"""What `import dlcore` offers: every name, each read when it is first asked for."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import dlcore

SOURCE = Path(dlcore.__file__).read_text("utf-8")


@pytest.mark.parametrize("name", dlcore.__all__)
def test_every_name_is_there(name):
    assert getattr(dlcore, name) is not None
    assert name in dir(dlcore)


def test_type_checkers_see_the_same_names():
    (block,) = (node for node in ast.parse(SOURCE).body if isinstance(node, ast.If))
    seen = {alias.name: statement.module for statement in block.body for alias in statement.names}
    own = {"__version__", "get_num_threads", "set_num_threads", "version"}
    assert set(seen) == set(dlcore.__all__) - own
    assert {
        name: module.removeprefix("dlcore.") for name, module in seen.items() if module != "dlcore"
    } == dlcore._HOMES


def test_unknown_names_are_attribute_errors():
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        dlcore.nothing  # noqa: B018 - asking is the test
    assert not hasattr(dlcore, "checks_of_all_kinds")


def test_rooms_are_read_when_they_are_asked_for():
    program = """
import sys, dlcore
assert not [name for name in sys.modules if name.startswith("dlcore.")]
assert dlcore.losses.get("mse")([[0.0]], [[1.0]])[0] == 1
assert "dlcore.losses" in sys.modules and "dlcore.models" not in sys.modules
from dlcore import *
assert Sequential is dlcore.models.Sequential
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", program], check=True, timeout=60)


def test_rooms_with_an_extra_are_attributes_and_no_part_of_the_star():
    program = """
import sys
sys.modules["sklearn"] = None
from dlcore import *
assert "estimators" in dir(__import__("dlcore"))
try:
    __import__("dlcore").estimators
except ImportError as error:
    assert "pip install 'dlcore[sklearn]'" in str(error)
else:
    raise AssertionError
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", program], check=True, timeout=60)
    assert dlcore.estimators.MLPClassifier is not None
