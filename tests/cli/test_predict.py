"""`dlcore predict`: the model's own predictions, in the order of the rows, with what is kept."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import numpy as np
import pytest

import dlcore
from dlcore import estimators

from .tables import HOSTILE, exit_code, houses, pd


@pytest.fixture
def fresh(tmp_path):
    """Rows that no model has seen, in another order of columns and with one too many."""
    frame = houses(30, seed=9).drop(columns=["price", "quality"])
    frame.insert(0, "comment", "new")
    path = tmp_path / "new.csv"
    frame[frame.columns[::-1]].to_csv(path, index=False)
    return path, frame


def own_predictions(model, frame):
    estimator = dlcore.load_model(model)
    table = frame.assign(built=pd.to_datetime(frame["built"]))[list(estimator.feature_names_in_)]
    return estimator, table


def test_predictions_are_those_of_python(prices, fresh, tmp_path, capsys):
    path, frame = fresh
    assert exit_code("predict", prices.model, path, "-o", tmp_path / "out.csv") == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", f"30 predictions are in {tmp_path / 'out.csv'}\n")
    estimator, table = own_predictions(prices.model, frame)
    written = pd.read_csv(tmp_path / "out.csv")
    assert list(written.columns) == ["price"]
    np.testing.assert_allclose(written["price"], estimator.predict(table), rtol=1e-12)


def test_probabilities_and_kept_columns_on_standard_output(qualities, fresh, capsys):
    path, frame = fresh
    assert exit_code("predict", qualities.model, path, "--proba", "--keep", f"id,{HOSTILE}") == 0
    written = pd.read_csv(io.StringIO(capsys.readouterr().out))
    classes = [f"probability_{name}" for name in ("<best>", "good", "poor")]
    assert list(written.columns) == ["id", HOSTILE, "quality", *classes]
    assert list(written["id"]) == list(frame["id"])
    estimator, table = own_predictions(qualities.model, frame)
    assert list(written["quality"]) == list(estimator.predict(table))
    np.testing.assert_allclose(written[classes], estimator.predict_proba(table), rtol=1e-6)


def test_a_kept_target_stays_what_it_was(prices, tmp_path, capsys):
    assert exit_code("predict", prices.model, prices.data, "--keep", "price", "-o", tmp_path / "out.tsv") == 0
    written = pd.read_csv(tmp_path / "out.tsv", sep="\t")
    assert list(written.columns) == ["price", "predicted_price"]
    np.testing.assert_array_equal(written["price"], houses()["price"])
    assert np.corrcoef(written["price"], written["predicted_price"])[0, 1] > 0.9


def test_parquet_in_and_out(prices, fresh, tmp_path, capsys):
    path, frame = fresh
    frame.to_parquet(tmp_path / "new.parquet")
    for source in (path, tmp_path / "new.parquet"):
        assert exit_code("predict", prices.model, source, "-o", tmp_path / f"{source.suffix[1:]}-out.parquet") == 0
    first, second = (pd.read_parquet(tmp_path / f"{kind}-out.parquet") for kind in ("csv", "parquet"))
    pd.testing.assert_frame_equal(first, second)


def test_categories_that_look_like_numbers_stay_categories(tmp_path, capsys):
    """In the training "1" stands beside "x" and is text; in a table of its own it would be read as a number."""
    frame = pd.DataFrame({"kind": ["1", "2", "x"] * 30, "y": [10.5, 20.5, 30.5] * 30})
    frame.to_csv(tmp_path / "t.csv", index=False)
    assert exit_code("train", tmp_path / "t.csv", "--target", "y", "-o", tmp_path / "m.safetensors", "--no-report") == 0
    (tmp_path / "new.csv").write_text("kind\n2\n1\n")
    capsys.readouterr()
    assert exit_code("predict", tmp_path / "m.safetensors", tmp_path / "new.csv") == 0
    predicted = [float(line) for line in capsys.readouterr().out.splitlines()[1:]]
    np.testing.assert_allclose(predicted, [20.5, 10.5], atol=1)


def test_several_targets(tmp_path, capsys):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.random(200)})
    frame["up"], frame["down"] = frame["a"] * 2, 1 - frame["a"]
    frame["high"], frame["low"] = (frame["a"] > 0.5).astype(int), (frame["a"] < 0.2).astype(int)
    frame.to_csv(tmp_path / "t.csv", index=False)
    for target, drop, extra in (("up,down", "high,low", []), ("high,low", "up,down", ["--proba"])):
        options = ("--target", target, "--drop", drop, "-o", tmp_path / "m.safetensors", "--no-report")
        assert exit_code("train", tmp_path / "t.csv", *options) == 0
        capsys.readouterr()
        assert exit_code("predict", tmp_path / "m.safetensors", tmp_path / "t.csv", *extra) == 0
        written = pd.read_csv(io.StringIO(capsys.readouterr().out))
        names = target.split(",")
        assert list(written.columns) == names + [f"probability_{name}" for name in names if extra]
        np.testing.assert_allclose(written[names].mean(), frame[names].mean(), atol=0.1)
        assert exit_code("evaluate", tmp_path / "m.safetensors", tmp_path / "t.csv") == 0
        assert ("labels right" if extra else "down: R²") in capsys.readouterr().out


def test_estimators_of_python_without_notes(tmp_path, capsys):
    frame = houses(60)
    estimators.MLPRegressor(random_state=0).fit(frame[["area m²"]], frame["price"]).save(tmp_path / "m")
    frame.to_csv(tmp_path / "t.csv", index=False)
    assert exit_code("predict", tmp_path / "m", tmp_path / "t.csv") == 0
    assert capsys.readouterr().out.startswith("prediction\n")
    assert exit_code("evaluate", tmp_path / "m", tmp_path / "t.csv") == 2
    assert "does not say what its target is called: name it with --target" in capsys.readouterr().err
    assert exit_code("evaluate", tmp_path / "m", tmp_path / "t.csv", "--target", "price") == 0
    assert "always" not in capsys.readouterr().out


def test_what_cannot_be_predicted_is_refused(prices, qualities, fresh, tmp_path, capsys):
    _, frame = fresh
    frame.rename(columns={"area m²": "Area m²", "garden": "yard"}).to_csv(tmp_path / "other.csv", index=False)
    (tmp_path / "empty.csv").write_text("")
    frame.assign(rooms="many").to_csv(tmp_path / "text.csv", index=False)
    damaged = tmp_path / "damaged.safetensors"
    content = bytearray(prices.model.read_bytes())
    content[-5] ^= 1
    damaged.write_bytes(content)
    plain = dlcore.Sequential([dlcore.layers.Input((2,)), dlcore.layers.Dense(1)])
    plain.save(tmp_path / "plain.safetensors")
    estimator = estimators.MLPRegressor().fit(np.zeros((20, 2)), np.arange(20.0))
    estimator.save(tmp_path / "array.safetensors")
    before = {name.name for name in tmp_path.iterdir()}
    for model, table, options, code, message in [
        (
            prices.model,
            "other.csv",
            [],
            1,
            "lacks 2 of the 6 columns that the model looks at: area m², garden. It has:",
        ),
        (prices.model, "other.csv", [], 1, "'Area m²' may be 'area m²'"),
        (prices.model, "empty.csv", [], 1, "empty.csv is empty"),
        (prices.model, "text.csv", [], 1, "text.csv: could not convert string to float: 'many', in column 'rooms'"),
        (prices.model, "nwe.csv", [], 2, "there is no such file; did you mean 'new.csv'?"),
        (prices.model, "new.csv", ["--keep", "ID"], 2, "--keep: new.csv has no column 'ID'. Did you mean 'id'?"),
        (prices.model, "new.csv", ["--proba"], 2, "have no probabilities"),
        (prices.model, "new.csv", ["-o", "out.xlsx"], 2, "--output must end in .csv or .tsv or .parquet"),
        (prices.model, "new.csv", ["-o", "new.csv"], 2, "'new.csv' is a file that is read"),
        ("damaged.safetensors", "new.csv", [], 1, "is damaged: its contents do not have the checksum"),
        ("new.csv", "new.csv", [], 1, "no safetensors file"),
        ("none.safetensors", "new.csv", [], 2, "none.safetensors: there is no such file"),
        ("plain.safetensors", "new.csv", [], 1, "plain.safetensors holds a model, which knows nothing of a table"),
        ("array.safetensors", "new.csv", [], 1, "was trained on an array without names of columns"),
    ]:
        os.chdir(tmp_path)
        assert exit_code("predict", model, table, *options) == code
        captured = capsys.readouterr()
        assert message in captured.err
        assert captured.out == ""
    assert {name.name for name in tmp_path.iterdir()} == before


@pytest.fixture(autouse=True)
def _stay_where_we_are():
    before = os.getcwd()
    yield
    os.chdir(before)


def test_a_reader_who_leaves_is_no_error(prices):
    command = f"{sys.executable} -m dlcore predict {prices.model} {prices.data} | head -n 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "price\n")
