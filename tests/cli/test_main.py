"""The command line: help that teaches, exit codes, clear errors."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys

import pytest

import dlcore
from dlcore.backends import available_backends
from dlcore.cli import main

COMMANDS = ("train", "predict", "evaluate", "show", "learn", "demo", "info", "bench")


def exit_code(*arguments: str) -> int:
    """What the shell would see, whether main returns or argparse exits."""
    try:
        return main(list(arguments))
    except SystemExit as stop:
        return stop.code


def test_version(capsys):
    assert exit_code("--version") == 0
    assert capsys.readouterr().out == f"dlcore {dlcore.__version__}\n"


def test_help_names_every_command(capsys):
    assert exit_code("--help") == 0
    out = capsys.readouterr().out
    for word in (*COMMANDS, "DLCORE_BACKEND", "exit status", "dlcore train houses.csv --target price"):
        assert word in out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command, capsys):
    assert exit_code(command, "--help") == 0
    assert f"usage: dlcore {command}" in capsys.readouterr().out


def test_no_command_shows_the_help(capsys):
    assert exit_code() == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "usage: dlcore" in captured.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["trian"], "invalid choice: 'trian'"),
        (["train"], "the following arguments are required: DATA, --target"),
        (["predict", "model.safetensors"], "the following arguments are required: DATA"),
        (["demo", "--threads", "0"], "must be an integer of 1 or more; got '0'"),
        (["demo", "--threads", "many"], "must be an integer of 1 or more; got 'many'"),
        (["bench", "--rounds", "-1"], "must be an integer of 1 or more; got '-1'"),
        (["bench", "--rows", "digits,fashion"], "no row is called 'fashion'; there are tiny, digits, tab, mnist"),
        (["demo", "-o", "curve.xls"], "--output must end in .png, .svg, .pdf; got 'curve.xls'"),
        (["demo", "-o", "no/such/folder/curve.png"], "there is no folder 'no/such/folder'"),
    ],
)
def test_a_wrong_command_line_ends_with_2_and_says_why(arguments, message, capsys):
    if arguments[0] == "demo" and "-o" in arguments:
        pytest.importorskip("sklearn")
        pytest.importorskip("matplotlib")
    assert exit_code(*arguments) == 2
    assert message in capsys.readouterr().err


def test_missing_packages_end_with_1_and_say_what_to_install(monkeypatch, capsys):
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "sklearn" else find_spec(name, *rest)
    )
    assert exit_code("demo") == 1
    message = capsys.readouterr().err
    assert "scikit-learn" in message
    assert "python -m pip install 'dlcore[demo]'" in message
    assert "python -m pip install '.[demo]'" in message


def test_info_prints_the_configuration(capsys):
    assert exit_code("info") == 0
    printed = capsys.readouterr().out
    dlcore.show_config()
    assert printed == capsys.readouterr().out
    assert dlcore.__version__ in printed


@pytest.mark.parametrize(
    ("variable", "message"),
    [("DLCORE_BACKEND", "DLCORE_BACKEND must be one of native, numba, numpy; got 'nope'"), ("DLCORE_ISA", "'nope'")],
)
def test_a_wrong_environment_is_said_without_a_traceback(variable, message):
    if variable == "DLCORE_ISA" and "native" not in available_backends():
        pytest.skip("only the compiled core has instruction sets")
    done = subprocess.run(
        [sys.executable, "-m", "dlcore", "info"],
        env={**os.environ, variable: "nope"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("dlcore info: ")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_an_interrupt_ends_with_130(monkeypatch, capsys):
    def interrupt():
        raise KeyboardInterrupt

    monkeypatch.setattr(dlcore, "show_config", interrupt)
    assert exit_code("info") == 130
    assert "interrupted" in capsys.readouterr().err


def test_a_reader_who_leaves_is_no_error():
    command = f"{sys.executable} -W ignore -m dlcore info | head -n 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_as_a_module():
    command = [sys.executable, "-m", "dlcore", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == f"dlcore {dlcore.__version__}\n"
