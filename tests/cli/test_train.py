"""`dlcore train`: good models, honest scores, whole files, clear refusals."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import dlcore
from dlcore.cli import fitting, train

from .tables import HOSTILE, exit_code, houses, pd


def table_of(said: str) -> dict[str, list[str]]:
    """The table of scores that a command prints."""
    lines = said.split("\n\n")[1].splitlines()
    return {line.split("  ")[0]: re.findall(r"-?[\d.,]+%?", line[24:]) for line in lines[1:]}


def test_a_regression_beats_the_mean_and_the_median(prices):
    assert "Task: regression of 'price', since 'price' holds numbers with fractions\n" in prices.said
    assert "column 'id' is different in every row" in prices.said
    assert "always the mean   always the median" in prices.said
    model, mean, _ = (float(text) for text in table_of(prices.said)["R²"])
    assert model > 0.8 > mean
    assert sorted(path.name for path in prices.folder.iterdir()) == ["houses.csv", "model.html", "model.safetensors"]


def test_a_classification_beats_the_most_frequent_class(qualities):
    assert "Task: classification of 'quality', since 'quality' holds text\n" in qualities.said
    model, always = (float(text.strip("%")) for text in table_of(qualities.said)["accuracy"])
    assert model > always + 20
    estimator = dlcore.load_model(qualities.model)
    assert list(estimator.classes_) == ["<best>", "good", "poor"]
    assert list(estimator.feature_names_in_) == ["area m²", "rooms", HOSTILE, "built", "garden"]


def test_the_scores_are_those_of_rows_that_were_set_apart(tmp_path, capsys):
    """A column of chance teaches nothing: whoever scored rows of the training would see more than chance."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.random((400, 8)), columns=[*"abcdefgh"])
    frame["y"] = rng.permutation(400) % 2
    frame.to_csv(tmp_path / "chance.csv", index=False)
    options = ("--target", "y", "--test-size", "200", "-o", tmp_path / "m.safetensors", "--no-report")
    assert exit_code("train", tmp_path / "chance.csv", *options) == 0
    accuracy = float(table_of(capsys.readouterr().out)["accuracy"][0].strip("%"))
    assert 38 < accuracy < 62


def test_one_seed_gives_one_model(prices, tmp_path, capsys):
    for seed, same in (("0", True), ("1", False)):
        path = tmp_path / f"{seed}.safetensors"
        dlcore.utils.clear_session()  # as in a process of its own: layers are named by their number
        options = ("--target", "price", "--drop", "quality", "-o", path, "--no-report", "--seed", seed)
        assert exit_code("train", prices.data, *options) == 0
        assert (path.read_bytes() == prices.model.read_bytes()) is same
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.safetensors", "1.safetensors"]


def test_another_table_to_test_on(prices, tmp_path, capsys):
    houses(80, seed=5).to_csv(tmp_path / "later.csv", index=False)
    options = ("--target", "price", "--test", tmp_path / "later.csv", "-o", tmp_path / "m.safetensors")
    assert exit_code("train", prices.data, *options, "--drop", "quality,id") == 0
    captured = capsys.readouterr()
    assert "204 to train on, 36 to say when to stop, 80 for the test" in captured.out
    assert "later.csv" in (tmp_path / "m.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("columns", "task", "message"),
    [
        ({"y": [0.5, 1.5, 2.5, 4.0]}, "auto", "regression of 'y', since 'y' holds numbers with fractions\n"),
        ({"y": [3, 1, 2, 5]}, "auto", "classification of 'y', since 'y' holds only 4 different whole numbers (if not"),
        ({"y": [3, 1, 2, 5]}, "regression", "regression of 'y', since as asked for\n"),
        ({"y": [*range(30)]}, "auto", "regression of 'y', since 'y' holds 30 different whole numbers (if not"),
        ({"y": [*range(30)]}, "classification", "classification of 'y', since as asked for\n"),
        ({"y": [True, False]}, "auto", "classification of 'y', since 'y' holds yes or no\n"),
        ({"y": ["1", "no", "1", "2"]}, "classification", "classification of 'y'"),
        ({"y": [0.5, 1.5], "z": [1, 2]}, "auto", "regression of 'y' and 'z', since 'y' and 'z' hold numbers\n"),
        ({"y": [0, 1, 1], "z": [1, 0]}, "auto", "multilabel of 'y' and 'z', since 'y' and 'z' hold 0 and 1 only\n"),
    ],
)
def test_the_task_is_seen_from_the_target(columns, task, message, tmp_path, capsys):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.random(120), "b": rng.random(120)})
    for name, values in columns.items():
        frame[name] = np.resize(np.array(values, object), 120)
    frame.to_csv(tmp_path / "t.csv", index=False)
    options = ("--target", ",".join(columns), "--task", task, "-o", tmp_path / "m.safetensors", "--epochs", "3")
    assert exit_code("train", tmp_path / "t.csv", *options) == 0
    assert f"Task: {message}" in capsys.readouterr().out
    assert "</html>" in (tmp_path / "m.html").read_text("utf-8")


def test_options_reach_the_training(prices, tmp_path, capsys):
    options = ("--target", "price", "--drop", "quality", "-o", tmp_path / "m.safetensors", "--no-report")
    assert exit_code("train", prices.data, *options, "--hidden", "7,5", "--epochs", "4", "--weights", "id") == 0
    assert "after all 4 epochs" in capsys.readouterr().out
    estimator = dlcore.load_model(tmp_path / "m.safetensors")
    assert [layer.units for layer in estimator.model_.layers if hasattr(layer, "units")] == [7, 5, 1]
    assert "id" not in estimator.feature_names_in_
    assert exit_code("train", prices.data, *options, "--epochs", "2000", "--time-budget", "0.000001") == 0
    assert "when the time was up" in capsys.readouterr().out


def test_weights_weigh(tmp_path, capsys):
    """Rows of weight 0 might as well not be there: they tell the contrary."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.random(300), "w": np.r_[np.ones(150), np.zeros(150)]})
    frame["y"] = np.where(frame["w"] > 0, frame["x"], -frame["x"]).round(4)
    frame.to_csv(tmp_path / "t.csv", index=False)
    options = ("--target", "y", "--weights", "w", "-o", tmp_path / "m.safetensors", "--no-report")
    assert exit_code("train", tmp_path / "t.csv", *options) == 0
    predicted = dlcore.load_model(tmp_path / "m.safetensors").predict(pd.DataFrame({"x": [0.1, 0.9]}))
    np.testing.assert_allclose(predicted, [0.1, 0.9], atol=0.05)


def test_rows_without_a_target_and_rare_classes(tmp_path, capsys):
    frame = houses(100)
    frame.loc[:4, "quality"] = None
    frame.loc[5, "quality"] = "unique"
    frame.to_csv(tmp_path / "t.csv", index=False)
    options = ("--target", "quality", "--drop", "price", "-o", tmp_path / "m.safetensors", "--epochs", "3")
    assert exit_code("train", tmp_path / "t.csv", *options) == 0
    assert "Note: 5 of 100 rows have no target and are left out" in capsys.readouterr().out
    assert "unique" in dlcore.load_model(tmp_path / "m.safetensors").classes_


def test_more_classes_than_rows_could_teach(tmp_path, capsys):
    frame = pd.DataFrame({"a": np.arange(60) / 7, "y": np.arange(60) % 40})
    frame.to_csv(tmp_path / "t.csv", index=False)
    options = ("--target", "y", "--task", "classification", "-o", tmp_path / "m.safetensors")
    assert exit_code("train", tmp_path / "t.csv", *options) == 0
    assert "The most frequent mistakes in the test" in (tmp_path / "m.html").read_text("utf-8")


X = "a,b\n" + "\n".join(f"{k},{k % 7}" for k in range(40)) + "\n"


def with_target(values: list[object]) -> str:
    return "a,b,y\n" + "\n".join(f"{k},{k**2},{values[k % len(values)]}" for k in range(40)) + "\n"


@pytest.mark.parametrize(
    ("content", "options", "code", "message"),
    [
        (X, ["--target", "Prise"], 2, "--target: t.csv has no column 'Prise'. It has: a, b"),
        (X, ["--target", "B"], 2, "Did you mean 'b'? It has: a, b"),
        (X, ["--target", "b", "--drop", "a,c"], 2, "--drop: t.csv has no column 'c'"),
        (X, ["--target", "b", "--drop", "b"], 2, "--drop: 'b' is the target"),
        (X, ["--target", "b", "--weights", "b"], 2, "--weights: 'b' is the target"),
        (X, ["--target", "b", "--weights", "c"], 2, "--weights: t.csv has no column 'c'"),
        (X, ["--target", "b", "--drop", "a"], 1, "no column is left to predict b from"),
        (X, ["--target", "b,,a"], 2, "must be names of columns with commas between them"),
        (X, ["--target", "b", "--test-size", "40"], 2, "--test-size: 40 of 40 rows cannot be set apart"),
        (X, ["--target", "b", "--test-size", "1.5"], 2, "must be a share between 0 and 1, or a number of rows"),
        (X, ["--target", "b", "--epochs", "0"], 2, "must be an integer of 1 or more"),
        (X, ["--target", "b", "--hidden", "64,x"], 2, "must be an integer of 1 or more; got 'x'"),
        (X, ["--target", "b", "--seed", "-1"], 2, "must be an integer from 0 to 4294967295"),
        (X, ["--target", "b", "--time-budget", "0"], 2, "must be a number of seconds above 0"),
        (X, ["--target", "b", "--separator", "::"], 2, "must be one character, or tab"),
        (X, ["--target", "b", "--test", "none.csv"], 2, "none.csv: there is no such file"),
        (X, ["--target", "b", "-o", "m.csv"], 2, "--output must end in .safetensors; got 'm.csv'"),
        (X, ["--target", "b", "-o", "no/m.safetensors"], 2, "--output: there is no such folder"),
        (X, ["--target", "b", "--report", "r.pdf"], 2, "--report must end in .html or .htm"),
        (X, ["--target", "b", "--report", "r.html", "--no-report"], 2, "exclude one another"),
        (X, ["--target", "b", "--test", "t.csv", "--test-size", "9"], 2, "not allowed with argument"),
        ("a,b\n", ["--target", "b"], 1, "t.csv has columns (a, b) but no rows"),
        ("", ["--target", "b"], 1, "t.csv is empty"),
        ("a,b\n1,2\n3\n", ["--target", "b"], 1, "t.csv, line 3: 1 field where the first line has 2"),
        ("a,b\n1,2\n3,4\n", ["--target", "b"], 1, "2 rows with a target are too few; 10 are the least"),
        ("1,2\n3,4\n", ["--target", "y"], 2, "The first line of a table must hold the names"),
        (with_target([""]), ["--target", "y"], 1, "column 'y' is empty in every row"),
        (with_target(["same"]), ["--target", "y"], 1, "column 'y' is same in every row; there is nothing to tell"),
        (with_target([1.5]), ["--target", "y"], 1, "column 'y' is 1.5 in every row; there is nothing to learn"),
        (with_target([1.5, "inf"]), ["--target", "y"], 1, "column 'y' must hold numbers; 20 of 40 are none"),
        (with_target(["1", "2", "3 €"]), ["--target", "y"], 1, "13 of 40 are none, the first '3 €' in row 3"),
        (with_target(["x", "z"]), ["--target", "y", "--task", "regression"], 1, "the first 'x' in row 1"),
        (with_target([f"w{k}" for k in range(40)]), ["--target", "y"], 1, "text, 40 different ones in 40 rows"),
        (
            with_target([k + 0.5 for k in range(40)]),
            ["--target", "y", "--task", "classification"],
            2,
            "classes are few",
        ),
        (with_target(["x", "z"]), ["--target", "y,a"], 2, "'y' holds text; train a model for each"),
        (with_target([1.5, 2]), ["--target", "y,a", "--task", "classification"], 2, "needs 0 and 1 in each"),
        ("a,w,y\n" + "1,-1,2\n2,3,4\n" * 9, ["--target", "y", "--weights", "w"], 1, "numbers of 0 or more"),
        ("a,y\n" + "inf,2\n2,4\n3,7\n" * 9, ["--target", "y"], 1, "infinity"),
    ],
)
def test_what_cannot_be_trained_is_refused_and_nothing_is_written(
    content, options, code, message, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text(content)
    assert exit_code("train", "t.csv", *options) == code
    error = capsys.readouterr().err
    assert message in error
    assert error.splitlines()[-1].startswith("dlcore train: ")
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]


def test_a_file_that_is_read_is_not_written_over(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.safetensors").write_text("a table by a strange name")
    assert exit_code("train", "t.safetensors", "--target", "y", "-o", "../" + tmp_path.name + "/t.safetensors") == 2
    assert "is a file that is read" in capsys.readouterr().err


def test_an_interrupt_leaves_the_old_files(prices, monkeypatch, capsys):
    before = prices.model.read_bytes(), prices.report.read_bytes()

    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(fitting.Bar, "on_epoch_end", interrupt)
    assert exit_code("train", prices.data, "--target", "price", "-o", prices.model) == 130
    assert "interrupted" in capsys.readouterr().err
    assert (prices.model.read_bytes(), prices.report.read_bytes()) == before
    assert len(list(prices.folder.iterdir())) == 3


def test_a_full_disk_is_said_and_leaves_no_pieces(prices, tmp_path, monkeypatch, capsys):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    options = ("--target", "price", "--epochs", "2", "-o", tmp_path / "m.safetensors")
    assert exit_code("train", prices.data, *options) == 1
    assert "could not be written: No space left on device" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_missing_packages_are_said(monkeypatch, capsys, prices):
    import importlib.util

    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "pandas" else found(name, *rest)
    )
    assert exit_code("train", prices.data, "--target", "price") == 1
    assert "python -m pip install 'dlcore[tables]'" in capsys.readouterr().err


def test_the_defaults_of_the_parser_are_those_of_the_help():
    from dlcore.cli.main import build_parser

    args = build_parser().parse_args(["train", "t.csv", "--target", "y"])
    assert (str(args.output), args.test_size, args.seed, args.task) == ("model.safetensors", 0.2, 0, "auto")
    assert args.run is train.run


def test_an_interrupt_of_the_process_leaves_nothing(prices, tmp_path):
    """Ctrl-C while it trains: exit code 130, no traceback, no file; and no progress bar where there is no terminal."""
    # A net so wide that it is still training when the signal comes, however long this process has to wait for its turn.
    options = ["--target", "price", "--epochs", "2000000", "--hidden", "2000,2000"]
    command = [sys.executable, "-m", "dlcore", "train", str(prices.data), *options]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while "Rows:" not in process.stdout.readline():
            assert process.poll() is None, process.stderr.read()
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=60)[1]
    assert (process.returncode, said) == (130, "\ndlcore train: interrupted\n")
    assert not list(tmp_path.iterdir())
