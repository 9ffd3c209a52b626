from __future__ import annotations

import json
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from safetensors.numpy import save

from dlcore.files import container, read, write

TENSORS = {
    "dense/kernel": np.arange(12, dtype="float32").reshape(3, 4),
    "count": np.array(3, np.int64),
    "empty": np.zeros((0, 3)),
    "turned": np.arange(6.0).reshape(2, 3).T,
    "half": np.ones(2, np.float16),
    "flags": np.array([True, False]),
}
DOCUMENT = {"kind": "model", "text": 'ü "quoted" \\', "numbers": [1, 2.5, None]}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "m.safetensors"


@pytest.fixture
def good(path):
    write(path, TENSORS, DOCUMENT)
    return path.read_bytes()


def damaged(path, content):
    """The error that reading such a file gives."""
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r".") as caught:
        read(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_what_is_written_is_read(path, good):
    tensors, document = read(path)
    assert tensors.keys() == TENSORS.keys()
    for name, array in TENSORS.items():
        assert tensors[name].dtype == array.dtype
        assert tensors[name].shape == array.shape
        assert np.array_equal(tensors[name], array)
    assert {key: document[key] for key in DOCUMENT} == DOCUMENT
    assert document["format"] == container.FORMAT
    assert "dlcore" in document


def test_equal_contents_give_equal_bytes(path, good):
    write(path, dict(reversed(TENSORS.items())), DOCUMENT)
    assert path.read_bytes() == good


def test_other_programs_read_it(path, good):
    from safetensors.numpy import load_file

    assert np.array_equal(load_file(path)["dense/kernel"], TENSORS["dense/kernel"])


@given(
    hnp.arrays(
        st.sampled_from(["float32", "float64", "int32", "uint8", "bool", ">f8", ">i4"]),
        hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
    )
)
def test_any_array(tmp_path_factory, array):
    path = tmp_path_factory.mktemp("any") / "a"
    write(path, {"a": array, "strided": np.stack([array, array], -1)[..., 0]}, {})
    found = read(path).tensors
    for name in ("a", "strided"):
        assert found[name].dtype == array.dtype.newbyteorder("=")
        assert np.array_equal(found[name], array, equal_nan=array.dtype.kind == "f")


def test_every_truncation_is_refused(path, good):
    for length in range(len(good)):
        message = damaged(path, good[:length])
        assert "damaged" in message


def test_what_is_added_is_refused(path, good):
    for extra in (b"\0", b" ", good):
        assert "damaged" in damaged(path, good + extra)


def test_every_bit_flip_is_refused(path, good):
    for place in range(len(good)):
        flipped = bytearray(good)
        flipped[place] ^= 1 << place % 8
        damaged(path, bytes(flipped))


@pytest.mark.slow
def test_every_bit_of_every_byte(path, good):
    for place in range(8 * len(good)):
        flipped = bytearray(good)
        flipped[place // 8] ^= 1 << place % 8
        damaged(path, bytes(flipped))


@given(st.binary(max_size=200))
def test_noise_is_refused(tmp_path_factory, noise):
    damaged(tmp_path_factory.mktemp("noise") / "n", noise)


@given(st.data())
def test_cuts_and_pastes_are_refused(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("cut") / "c"
    write(path, TENSORS, DOCUMENT)
    good = path.read_bytes()
    start, stop = sorted(data.draw(st.tuples(st.integers(0, len(good)), st.integers(0, len(good)))))
    noise = data.draw(st.binary(max_size=40))
    changed = good[:start] + noise + good[stop:]
    if changed != good:
        damaged(path, changed)


def raw(header, data=b""):
    """A safetensors file from a header as it stands."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def tensor(shape, start, stop, dtype="F32"):
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, stop]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "0 bytes are too few"),
        (b"1234567", "7 bytes are too few"),
        ((2**63).to_bytes(8, "little") + b"{}", "announces a header of 9223372036854775808 bytes; 2 bytes follow"),
        ((200_000_000).to_bytes(8, "little") + b"{}", "announces a header of 200000000 bytes"),
        (raw(b"not json at all"), "is damaged"),
        (raw({}), "was not written by dlcore"),
        (raw({"__metadata__": {"format": "pt"}}), "was not written by dlcore"),
        (raw({"a": tensor([2], 0, 4)}, b"\0" * 4), "is damaged"),
        (raw({"a": tensor([1], 0, 8)}, b"\0" * 8), "is damaged"),
        (raw({"a": tensor([1], 4, 8)}, b"\0" * 8), "is damaged"),
        (raw({"a": tensor([1], 0, 4), "b": tensor([1], 0, 4)}, b"\0" * 4), "is damaged"),
        (raw({"a": tensor([2**40, 2**40], 0, 4)}, b"\0" * 4), "is damaged"),
        (raw({"a": tensor([2**64], 0, 4)}, b"\0" * 4), "is damaged"),
        (raw({"a": tensor([-1], 0, 4)}, b"\0" * 4), "is damaged"),
        (raw({"a": tensor([2**40], 0, 2**42)}, b"\0" * 4), "is damaged"),
        (raw({"a": tensor([1], 0, 2, "BF16")}, b"\0" * 2), "'a' has the dtype BF16"),
        (raw({"a": tensor([1], 0, 2, "NONE")}, b"\0" * 2), "is damaged"),
        (raw(b"[" * 50_000), "is damaged"),
        (b"PK\x03\x04 and more", r"a \.keras archive"),
        (b"\x89HDF\r\n\x1a\n", "an HDF5"),
    ],
)
def test_hostile_headers_are_refused(path, content, message):
    import re

    assert re.search(message, damaged(path, content))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "no JSON"),
        ("9" * 10_000, "damaged"),
        ("[]", "no format version"),
        ("{}", "no format version"),
        ('{"format":"1"}', "no format version"),
        ('{"format":0}', "no format version"),
        ('{"format":1}', "checksum"),
        ('{"sha256":"' + "0" * 64 + '","format":1}', "checksum"),
        ('{"format":99,"dlcore":"7.0"}', "has format version 99, from dlcore 7.0; this dlcore reads versions up to 1"),
    ],
)
def test_hostile_documents_are_refused(path, text, message):
    assert message in damaged(path, save({}, metadata={container.KEY: text}))


def test_a_tensor_may_not_be_exchanged(path, good):
    from safetensors import safe_open

    with safe_open(path, "numpy") as file:
        metadata = file.metadata()
    for change in ({"flags": ~TENSORS["flags"]}, {"more": np.zeros(1)}, {"count": np.array([3], np.int64)}):
        plain = {name: np.ascontiguousarray(a).reshape(a.shape) for name, a in {**TENSORS, **change}.items()}
        assert "checksum" in damaged(path, save(plain, metadata=metadata))


def test_only_files_are_read(tmp_path):
    with pytest.raises(ValueError, match="is not a file"):
        read(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="is not a file"):
        read(tmp_path / "pipe")
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "nothing")


def test_what_json_does_not_take_changes_nothing(path, good):
    with pytest.raises(TypeError):
        write(path, {}, {"a": object()})
    assert path.read_bytes() == good
