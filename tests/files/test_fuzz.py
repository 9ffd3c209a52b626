"""Hostile files that know the format: headers of odd structure, and signed documents that describe odd models."""

from __future__ import annotations

import copy
import json
import tracemalloc
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import dlcore
from dlcore import files

FIXTURES = Path(__file__).parents[1] / "fixtures"
GOOD = (FIXTURES / "model-v1.safetensors").read_bytes()
LENGTH = int.from_bytes(GOOD[:8], "little")
HEADER = json.loads(GOOD[8 : 8 + LENGTH])
NAMES = [name for name in HEADER if name != "__metadata__"]

#: Bytes that reading a file of some KiB may take at most, whatever it says of itself.
MEMORY = 32 << 20


def refused(path: Path, content: bytes) -> None:
    """Reading it gives a clear error, and takes little memory."""
    path.write_bytes(content)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="model") as caught:
            dlcore.load_model(path)
        assert tracemalloc.get_traced_memory()[1] < MEMORY
    finally:
        tracemalloc.stop()
    assert str(path) in str(caught.value)


def framed(header: bytes, data: bytes = GOOD[8 + LENGTH :]) -> bytes:
    return len(header).to_bytes(8, "little") + header + data


ODD = st.sampled_from(
    [0, 1, -1, 2**31, 2**32 - 1, 2**53, 2**63 - 1, 2**63, 2**64 - 1, 2**64, 10**30, 1.5, 1e400, None, True, ""]
) | st.integers(0, len(GOOD))  # fmt: skip


@st.composite
def headers(draw: Any) -> bytes:
    """The good header with one entry's fields changed."""
    header = copy.deepcopy(HEADER)
    entry = header[draw(st.sampled_from(NAMES))]
    field = draw(st.sampled_from(["shape", "data_offsets", "dtype", "missing", "more"]))
    if field == "shape":
        entry["shape"] = draw(st.lists(ODD, max_size=5))
    elif field == "data_offsets":
        entry["data_offsets"] = draw(st.lists(ODD, max_size=4))
    elif field == "dtype":
        entry["dtype"] = draw(st.sampled_from(["F64", "F16", "I64", "U8", "BOOL", "F4", "", "f32", 32, None]))
    elif field == "missing":
        del entry[draw(st.sampled_from(sorted(entry)))]
    else:
        entry[draw(st.text(max_size=4))] = draw(ODD)
    return json.dumps(header).encode()


@settings(max_examples=80)
@given(headers())
def test_headers_with_odd_entries(tmp_path_factory, header):
    if json.loads(header) != HEADER:
        path = tmp_path_factory.mktemp("header") / "model"
        entries = [set(entry) for name, entry in json.loads(header).items() if name != "__metadata__"]
        if all(keys <= {"dtype", "shape", "data_offsets"} for keys in entries):
            refused(path, framed(header))
        else:  # an unknown field says nothing about the contents
            path.write_bytes(framed(header))
            try:
                dlcore.load_model(path)
            except ValueError as error:
                assert str(path) in str(error)  # noqa: PT017 - either is right


def text(header: dict[str, Any]) -> str:
    return json.dumps(header)


@pytest.mark.parametrize(
    "header",
    [
        text(HEADER).replace('"shape"', '"shape": [1], "shape"', 1).encode(),
        (text(HEADER)[:-1] + "," + text({NAMES[0]: HEADER[NAMES[1]]})[1:]).encode(),
        (text(HEADER)[:-1] + "," + text({"__metadata__": {"dlcore": "{}"}})[1:]).encode(),
        text({**HEADER, "__metadata__": {}}).encode(),
        text({**HEADER, "__metadata__": None}).encode(),
        text({**HEADER, "__metadata__": {"dlcore": 3}}).encode(),
        text(HEADER).encode().replace(b"hidden", b"\xff\xfe\x80", 1),
        text(HEADER).encode("utf-16"),
        text(HEADER).encode() + b"\0",
        text(HEADER).encode().replace(b"hidden", b"\\ud800", 1),
        b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
        b"[" * 90_000 + b"]" * 90_000,
        b"9" * 90_000,
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
    ],
    ids=range(18),
)
def test_headers_of_odd_kinds(tmp_path, header):
    refused(tmp_path / "model", framed(header))


def test_announced_headers_of_all_lengths(tmp_path):
    for bits in range(64):
        for length in (2**bits - 1, 2**bits):
            if length != LENGTH:
                refused(tmp_path / "model", length.to_bytes(8, "little") + GOOD[8:])


# --- Documents that are signed as they should be ---

VALUES = st.recursive(
    st.sampled_from(
        [
            None, True, -1, 0, 1, 2, 10**9, 2**31, 2**63, 10**30, -(10**9), 0.5, 1e308, "", "x", "relu", "Dense",
            "os.system", "__lambda__", "__import__('os').system('true')", "\x00", "ä" * 50, "Sequential", "function",
            "float16", "int8",
        ]
    ),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["class_name", "config", "module", "registered_name", "name", "x"]), inner),
    max_leaves=6,
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of everything within a document."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for key, entry in entries for deeper in places(entry, (*path, key)))]


SIGNED = {name: files.read(FIXTURES / f"{name}.safetensors") for name in ("model-v1", "layers-v1")}
PLACES = {name: places(contents.document) for name, contents in SIGNED.items()}


def changed(name: str, path: tuple[Any, ...], value: Any) -> Any:
    """A file's document with something else in one place."""
    document: Any = copy.deepcopy(SIGNED[name].document)
    holder = document
    for key in path[:-1]:
        holder = holder[key]
    if path:
        holder[path[-1]] = value
    return document


def check_document(path: Path, name: str, document: Any) -> None:
    """It is loaded or refused with the file's name in the error; no other exception, and little memory."""
    for key in ("sha256", "format", "dlcore"):
        document.pop(key, None)
    files.write(path, SIGNED[name].tensors, document)
    state = dlcore.random.get_state()
    tracemalloc.start()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dlcore.load_model(path)
    except ValueError as error:
        assert str(path) in str(error)  # noqa: PT017 - either is right
        assert dlcore.random.get_state() == state
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < MEMORY


@settings(max_examples=80)
@given(st.data())
def test_documents_with_something_else_somewhere(tmp_path_factory, data):
    name = data.draw(st.sampled_from(sorted(SIGNED)))
    path = data.draw(st.sampled_from(PLACES[name][1:]))
    document = changed(name, path, data.draw(VALUES))
    check_document(tmp_path_factory.mktemp("document") / "model", name, document)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SIGNED))
@pytest.mark.parametrize("value", [None, 10**9, "x", {}])
def test_everything_else_everywhere(tmp_path, name, value):
    for path in PLACES[name][1:]:
        check_document(tmp_path / "model", name, changed(name, path, value))


@given(hostile=st.text(max_size=20))
@example("eval")
@example("subprocess.Popen")
@example("../../etc/passwd")
@example("__class__")
@example("Layer")
@example("register_keras_serializable")
def test_classes_of_any_name(tmp_path_factory, hostile):
    document = copy.deepcopy(SIGNED["model-v1"].document)
    document["model"]["config"]["layers"][1]["class_name"] = hostile
    check_document(tmp_path_factory.mktemp("class") / "model", "model-v1", document)


def test_tensors_of_other_dtypes_and_shapes(tmp_path):
    tensors = SIGNED["model-v1"].tensors
    for other in (np.zeros(3), np.zeros((5, 9), bool), np.zeros((5, 9), np.int8), np.full((5, 9), np.nan, np.float16)):
        document = copy.deepcopy(SIGNED["model-v1"].document)
        for key in ("sha256", "format", "dlcore"):
            document.pop(key)
        files.write(tmp_path / "model", {**tensors, "hidden/kernel": other}, document)
        if other.shape != (5, 9):
            with pytest.raises(ValueError, match=r"'kernel' of layer 'hidden'"):
                dlcore.load_model(tmp_path / "model")
        else:
            dlcore.load_model(tmp_path / "model")
