"""`dlcore evaluate`: scores of rows that have the target, next to the baselines of the training."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, r2_score

from dlcore import files

from .tables import exit_code, houses, pd
from .test_predict import own_predictions


def test_a_regression(prices, tmp_path, capsys):
    frame = houses(50, seed=3)
    frame.loc[:1, "price"] = np.nan
    frame.to_csv(tmp_path / "t.csv", index=False)
    assert exit_code("evaluate", prices.model, tmp_path / "t.csv") == 0
    said = capsys.readouterr().out
    assert said.startswith(f"48 rows of {tmp_path / 't.csv'}, without 2 that have no target\n")
    assert "always the mean   always the median" in said
    estimator, table = own_predictions(prices.model, frame[2:])
    assert f"{r2_score(frame['price'][2:], estimator.predict(table)):.4g}" in said


def test_a_classification_with_a_class_that_the_model_does_not_know(qualities, tmp_path, capsys):
    frame = houses(50, seed=3)
    frame.loc[:4, "quality"] = "7"
    frame.to_csv(tmp_path / "t.csv", index=False)
    assert exit_code("evaluate", qualities.model, tmp_path / "t.csv") == 0
    said = capsys.readouterr().out
    assert "Note: classes that the model does not know count as wrong: 7" in said
    estimator, table = own_predictions(qualities.model, frame)
    assert f"{accuracy_score(frame['quality'], estimator.predict(table)):.1%}" in said
    assert "log loss" not in said


@pytest.mark.parametrize(("classes", "other"), [([0, 1], "0.0,1.0"), ([True, False], "true,false"), ([3, 5], "3,five")])
def test_classes_are_found_again_whatever_their_type(classes, other, tmp_path, capsys):
    frame = pd.DataFrame({"x": np.arange(100) % 2, "y": np.array(classes)[np.arange(100) % 2]})
    frame.to_csv(tmp_path / "t.csv", index=False)
    options = ("--task", "classification", "-o", tmp_path / "m.safetensors", "--no-report")
    assert exit_code("train", tmp_path / "t.csv", "--target", "y", *options) == 0
    names = other.split(",")
    (tmp_path / "other.csv").write_text("x,y\n" + f"0,{names[0]}\n1,{names[1]}\n" * 5)
    capsys.readouterr()
    assert exit_code("evaluate", tmp_path / "m.safetensors", tmp_path / "other.csv") == 0
    right = "50.0%" if "five" in names else "100.0%"
    (line,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("accuracy"))
    assert line.split()[1] == right


def test_what_cannot_be_evaluated_is_refused(prices, tmp_path, capsys):
    frame = houses(20, seed=3)
    frame.drop(columns="price").to_csv(tmp_path / "none.csv", index=False)
    frame.assign(price=None).to_csv(tmp_path / "empty.csv", index=False)
    frame.assign(price="dear").to_csv(tmp_path / "text.csv", index=False)
    for table, options, code, message in [
        ("none.csv", [], 2, "none.csv has no column 'price'"),
        ("empty.csv", [], 1, "empty.csv has no row with a target"),
        ("text.csv", [], 1, "column 'price' must hold numbers; 20 of 20 are none, the first 'dear' in row 1"),
        ("none.csv", ["--target", "id,rooms"], 2, "--target: the model predicts 1 columns, not 2"),
    ]:
        assert exit_code("evaluate", prices.model, tmp_path / table, *options) == code
        assert message in capsys.readouterr().err


def test_notes_that_were_tampered_with_are_refused(prices, tmp_path, capsys):
    contents = files.read(prices.model)
    document = json.loads(json.dumps(contents.document))
    document["table"]["baseline"] = {"mean": "a lot"}
    for name in ("sha256", "format", "dlcore"):
        del document[name]
    files.write(tmp_path / "m.safetensors", contents.tensors, document)
    assert exit_code("evaluate", tmp_path / "m.safetensors", prices.data) == 1
    assert "its notes on the table are none of dlcore train's" in capsys.readouterr().err
