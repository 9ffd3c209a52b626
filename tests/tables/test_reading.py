"""Tables from files: what is read, and what is said about what cannot be."""

from __future__ import annotations

import bz2
import gzip
import lzma
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcore.tables.reading import read_table

pd = pytest.importorskip("pandas")


@pytest.fixture
def write(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def check(frame, columns):
    expected = pd.DataFrame(columns)
    pd.testing.assert_frame_equal(frame.reset_index(drop=True), expected, check_dtype=False)
    assert list(frame.index) == list(range(len(expected)))


PLAIN = {"a": [1, 2], "b": [0.5, np.nan], "c": ["x", "y z"]}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv", "a,b,c\n1,0.5,x\n2,,y z\n"),
        ("t.CSV", "a,b,c\r\n1,0.5,x\r\n2,NA,y z"),
        ("t.csv", "\ufeffa,b,c\n1,.5,x\n\n2,?,y z\n\n"),
        ("t.csv", "\n\na;b;c\n1;0,5;x\n2;;y z\n"),
        ("t.csv", "a|b|c\n1|0.5|x\n2|null|y z\n"),
        ("t.csv", " a , b , c\n1, 0.5, x\n2, , y z\n"),
        ("t.csv", 'a,"b",c\n1,0.5,"x"\n2,"","y z"\n'),
        ("t.txt", "a\tb\tc\n1\t0.5\tx\n2\t\ty z\n"),
        ("t.tsv", "a\tb\tc\n1\t0.5\tx\n2\t\ty z\n"),
        ("t.csv", "a,b,c\n1,0.5,x\n2,,y z\n".encode("utf-16")),
        ("t.csv", "a,b,c\r1,0.5,x\r2,,y z\r"),
        ("t.csv.gz", gzip.compress(b"a,b,c\n1,0.5,x\n2,,y z\n", mtime=0)),
        ("t.tsv.bz2", bz2.compress(b"a\tb\tc\n1\t0.5\tx\n2\t\ty z\n")),
        ("t.csv.xz", lzma.compress(b"a,b,c\n1,0.5,x\n2,,y z\n")),
    ],
)
def test_texts_of_many_kinds_are_one_table(write, name, content):
    check(read_table(write(name, content)), PLAIN)


def test_what_was_recognised_is_said(write):
    frame = read_table(write("t.csv", "Größe;n\n1,5;3\n".encode("cp1252")))
    check(frame, {"Größe": [1.5], "n": [3]})
    assert frame.attrs["read"] == "text in cp1252, separated by semicolons, with decimal commas"


def test_a_separator_inside_quotes_and_a_line_break_inside_a_field(write):
    frame = read_table(write("t.csv", 'name,n\n"Doe, Jane",1\n"two\nlines",2\n"say ""hi""",3\n'))
    check(frame, {"name": ["Doe, Jane", "two\nlines", 'say "hi"'], "n": [1, 2, 3]})


def test_the_separator_and_the_encoding_can_be_given(write):
    check(read_table(write("t.csv", "a b\n1 2\n"), separator=" "), {"a": [1], "b": [2]})
    check(read_table(write("t.csv", "a\nД\n".encode("koi8-r")), encoding="koi8-r"), {"a": ["Д"]})


def test_one_column_needs_no_separator(write):
    check(read_table(write("t.csv", "a\n1\n2\n")), {"a": [1, 2]})


def test_columns_that_are_to_be_text_stay_text(write):
    frame = read_table(write("t.csv", "zip,n\n01234,1\n,2\n"), text_columns=["zip", "elsewhere"])
    assert frame["zip"][0] == "01234"
    assert frame["zip"].isna()[1]
    assert frame["n"].dtype == np.int64


@pytest.mark.parametrize(
    "content",
    [
        ",a,b\n0,5,x\n1,6,y\n",  # an index that pandas wrote
        "a,b,\n5,x,\n6,y,\n",  # a comma at the end of every line
    ],
)
def test_columns_without_name_or_message_are_left_out_and_that_is_said(write, content):
    frame = read_table(write("t.csv", content))
    check(frame, {"a": [5, 6], "b": ["x", "y"]})
    assert "left out: column" in frame.attrs["read"]


def test_columns_without_a_name_that_say_something_are_called_by_their_place(write):
    check(read_table(write("t.csv", "a,,b\n1,7,2\n3,9,4\n")), {"a": [1, 3], "column 2": [7, 9], "b": [2, 4]})


def test_columns_of_iso_dates_hold_dates(write):
    content = "day,time,none,text\n2024-02-29,2024-01-01 10:30,2024-02-30,2024-02-29\n,2024-01-01T10:30:05.5,,\n"
    frame = read_table(write("t.csv", content), text_columns=["text"])
    assert [frame[name].dtype.kind for name in frame] == ["M", "M", "O", "O"]
    assert frame["day"][0] == pd.Timestamp(2024, 2, 29)
    assert frame["day"].isna()[1]
    assert frame["time"][1] == pd.Timestamp(2024, 1, 1, 10, 30, 5, 500_000)


def test_parquet(tmp_path):
    pytest.importorskip("pyarrow")
    frame = pd.DataFrame({"a": [1, 2], "c": pd.Categorical(["x", None])}, index=pd.Index([7, 9], name="id"))
    frame.to_parquet(tmp_path / "t.parquet")
    read = read_table(tmp_path / "t.parquet")
    assert list(read.columns) == ["id", "a", "c"]
    assert isinstance(read["c"].dtype, pd.CategoricalDtype)
    frame.reset_index(drop=True).to_parquet(tmp_path / "t.pq")
    assert list(read_table(tmp_path / "t.pq").columns) == ["a", "c"]


def test_npz(tmp_path):
    x = np.arange(12.0).reshape(3, 2, 2)
    np.savez(tmp_path / "t.npz", x=x, y=np.array(["a", "b", "a"]))
    frame = read_table(tmp_path / "t.npz")
    assert list(frame.columns) == ["x_0", "x_1", "x_2", "x_3", "y"]
    np.testing.assert_array_equal(frame[["x_0", "x_1", "x_2", "x_3"]], x.reshape(3, 4))
    assert list(frame["y"]) == ["a", "b", "a"]


class Hostile:
    """Would run code if it were unpickled."""

    def __reduce__(self):
        return exec, ("raise SystemExit('run')",)


def test_arrays_of_objects_are_not_unpickled(tmp_path):
    np.savez(tmp_path / "t.npz", x=np.array([Hostile()], dtype=object))
    with pytest.raises(ValueError, match=r"no \.npz file of plain arrays"):
        read_table(tmp_path / "t.npz")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.csv", "", "t.csv is empty"),
        ("t.csv", " \n\n", "t.csv is empty"),
        ("t.csv", "a,b\n", "t.csv has columns (a, b) but no rows"),
        ("t.csv", "a,b\n\n\n", "but no rows"),
        ("t.csv", "a,b\n1,2\n1,2,3\n", "t.csv, line 3: 3 fields where the first line has 2 (separated by commas)"),
        ("t.csv", "a,b\n1,2\n\n1\n", "t.csv, line 4: 1 field where the first line has 2"),
        ("t.csv", "a,b\n1,2,3\n1,2,3\n", "t.csv, line 2: 3 fields"),
        ("t.csv", 'a,b\n1,"2\n3,4\n', "unexpected end of data; is a double quote not closed?"),
        ("t.csv", "a,b,a\n1,2,3\n", "fields 1 and 3 of the first line have the same name, 'a'"),
        ("t.csv", "5.1,3.5,3.5\n1,2,3\n", "here it seems to hold values"),
        ("t.csv", b"\x89PNG\r\n\x1a\n\0\0\0", "t.csv is no text: line 3 holds a byte 0"),
        ("t.csv", b"PAR1xyz", "a Parquet file; let its name end in .parquet"),
        ("t.csv", b"PK\x03\x04xyz", "an Excel sheet; save the sheet as CSV"),
        ("t.csv", gzip.compress(b"a\n1\n", mtime=0), "compressed with gzip; let its name end in .csv.gz"),
        ("t.csv", b"a,b\n1,\xff\n2,\x81\n", "t.csv, line 3: byte 0x81 is no character in utf-8 or cp1252"),
        ("t.csv.gz", b"a,b\n1,2\n", "not compressed as its name says"),
        ("t.csv.gz", gzip.compress(b"a,b\n1,2\n" * 99, mtime=0)[:-12], "t.csv.gz is damaged"),
        ("t.csv.xz", b"a,b\n1,2\n", "not compressed as its name says"),
        ("t.parquet", b"no such thing", "no Parquet file"),
        ("t.npz", b"no such thing", "no .npz file"),
        ("t.npz", b"PK\x03\x04 cut off", "no .npz file"),
        ("t.xlsx", b"", "save the sheet as CSV"),
        ("t.pkl", b"", "pickles can run code"),
        ("t.parquet.gz", b"", "the name of a table must end in"),
        ("table", b"", ".npz; got none"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(write, name, content, message):
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        read_table(write(name, content))
    assert name in str(caught.value)


def test_what_is_given_must_fit_the_file(write):
    path = write("t.csv", "a,b\n1,é\n")
    with pytest.raises(ValueError, match="encoding 'klingon' is not known"):
        read_table(path, encoding="klingon")
    with pytest.raises(ValueError, match="line 2: byte 0xc3 is no character in ascii"):
        read_table(path, encoding="ascii")
    with pytest.raises(ValueError, match="separator must be one character; got '::'"):
        read_table(path, separator="::")


def test_arrays_of_one_table_have_as_many_rows(tmp_path):
    np.savez(tmp_path / "t.npz", x_train=np.zeros((4, 2)), x_test=np.zeros((3, 2)))
    with pytest.raises(ValueError, match=r"as many rows each; got x_train \(4, 2\), x_test \(3, 2\)"):
        read_table(tmp_path / "t.npz")
    np.savez(tmp_path / "t.npz", x=np.zeros((4, 2)), epochs=np.int64(3))
    with pytest.raises(ValueError, match=r"epochs \(\)"):
        read_table(tmp_path / "t.npz")


def test_missing_files_and_folders(write, tmp_path):
    write("wine.csv", "a\n1\n")
    with pytest.raises(FileNotFoundError, match=r"did you mean 'wine.csv'\?"):
        read_table(tmp_path / "wnie.csv")
    with pytest.raises(FileNotFoundError, match="no such folder"):
        read_table(tmp_path / "nowhere" / "wine.csv")
    with pytest.raises(IsADirectoryError, match=r"this is a folder; it holds wine\.csv"):
        read_table(tmp_path)


def test_without_pandas_it_is_said_what_to_install(write, monkeypatch):
    import importlib.util

    path = write("wine.csv", "a\n1\n")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"pip install 'dlcore\[tables\]'"):
        read_table(path)


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1).filter(
    lambda text: text == text.strip()
)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1), st.sampled_from(",;\t|"))
def test_whatever_pandas_writes_is_read_again(tmp_path_factory, rows, separator):
    path = tmp_path_factory.mktemp("written") / "t.csv"
    frame = pd.DataFrame(rows, columns=["first", "second"])
    frame.to_csv(path, sep=separator, index=False)
    read = read_table(path, separator=separator, text_columns=["first", "second"])
    kept = read.fillna("")
    present = read.notna()
    assert (kept.where(present, frame) == frame).all(axis=None)
