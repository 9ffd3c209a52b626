"""Tables that are text: bytes to characters to fields to columns, and the line of what is wrong."""

from __future__ import annotations

import codecs
import csv
import io
import lzma
import re
import zlib
from collections import Counter
from collections.abc import Callable, Collection
from typing import Any, NamedTuple

#: Ending -> the module that reads it.
COMPRESSIONS = {".gz": "gzip", ".bz2": "bz2", ".xz": "lzma"}

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}

#: Lines that are looked at to find the separator.
LOOKED_AT = 50

#: Fields that mean "missing" besides those that pandas knows ("", NA, N/A, NaN, null, None, …).
MISSING = ("?",)

#: What is no text, by its first bytes.
_MAGIC = {
    b"PAR1": "a Parquet file; let its name end in .parquet",
    b"PK\x03\x04": "a zip archive or an Excel sheet; save the sheet as CSV",
    b"\xd0\xcf\x11\xe0": "an old Excel sheet; save the sheet as CSV",
    b"\x1f\x8b": "compressed with gzip; let its name end in .csv.gz",
    b"BZh": "compressed with bzip2; let its name end in .csv.bz2",
    b"\xfd7zXZ": "compressed with xz; let its name end in .csv.xz",
    b"%PDF": "a PDF document",
    b"\x93NUMPY": "a NumPy array; write it with numpy.savez and let its name end in .npz",
}

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?")
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_DECIMAL_COMMA, _DECIMAL_POINT = re.compile(r"\s*[+-]?\d+,\d+\s*"), re.compile(r"\s*[+-]?\d*\.\d+\s*")


class Text(NamedTuple):
    """Characters, and the name of the encoding they came in."""

    characters: str
    encoding: str


def read_text(path: str, compression: str | None, encoding: str | None) -> Text:
    """The text in a file.

    Raises
    ------
    ValueError
        If it is empty, no text, or not in that encoding.
    """
    data = _bytes(path, compression)
    if not data.strip():
        raise ValueError(f"{path} is empty: a table has a line with the names of its columns, and a line for each row")
    for magic, kind in _MAGIC.items():
        if data.startswith(magic):
            raise ValueError(f"{path} is no text but {kind}")
    known = encoding or next((name for mark, name in _MARKS.items() if data.startswith(mark)), None)
    if known is None and b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise ValueError(f"{path} is no text: line {line} holds a byte 0; a table is CSV, Parquet or .npz")
    candidates = [known] if known else ["utf-8", "cp1252"]
    wrong = None
    for candidate in candidates:
        decoded = _decoded(data, candidate)
        if isinstance(decoded, str):
            return Text(decoded, candidate.removesuffix("-sig"))
        wrong = decoded
    assert wrong is not None
    line = data.count(b"\n", 0, wrong.start) + 1
    raise ValueError(
        f"{path}, line {line}: byte 0x{data[wrong.start]:02x} is no character in {' or '.join(candidates)}; "
        "name the file's encoding, or save it as UTF-8"
    )


def _decoded(data: bytes, encoding: str) -> str | UnicodeDecodeError:
    try:
        return data.decode(encoding)
    except LookupError:
        raise ValueError(f"encoding {encoding!r} is not known; such are utf-8, cp1252, latin-1, utf-16") from None
    except UnicodeDecodeError as error:
        return error


def _bytes(path: str, compression: str | None) -> bytes:
    try:
        if compression is None:
            with open(path, "rb") as file:
                return file.read()
        import importlib

        with importlib.import_module(COMPRESSIONS[compression]).open(path, "rb") as file:
            content: bytes = file.read()
            return content
    except (EOFError, zlib.error, lzma.LZMAError) as error:
        raise ValueError(f"{path} is damaged, or not compressed as its name says: {error}") from error
    except OSError as error:
        if error.errno is None:  # which is how gzip and bz2 say that the bytes are wrong
            raise ValueError(f"{path} is damaged, or not compressed as its name says: {error}") from error
        raise


def parsed(path: str, text: Text, separator: str | None, text_columns: Collection[str]) -> Any:
    """The table in a text, as a pandas.DataFrame.

    Raises
    ------
    ValueError
        If a line has more or fewer fields than the first, a quote is never closed, or a name is there twice.
    """
    import pandas

    if separator is None:
        separator = _separator(text.characters)
    elif len(separator) != 1:
        raise ValueError(f"separator must be one character; got {separator!r}")
    names, decimal = _walk(path, text.characters, separator)
    given = [name or f"column {place + 1}" for place, name in enumerate(names)]
    frame = pandas.read_csv(
        io.StringIO(text.characters),
        sep=separator,
        header=0,
        names=given,
        index_col=False,
        dtype={name: str for name in given if name in text_columns},
        na_values=MISSING,
        skipinitialspace=separator != " ",
        decimal=decimal,
        low_memory=False,
    )
    for name in given:
        if name not in text_columns:
            frame[name] = _dated(frame[name])
    left_out = [name for name, own in zip(given, names, strict=True) if not own and _says_nothing(frame[name])]
    frame = frame.drop(columns=left_out)
    notes = [f"text in {text.encoding}", f"separated by {SEPARATORS.get(separator, repr(separator))}"]
    if decimal == ",":
        notes.append("with decimal commas")
    if left_out:
        notes.append(f"left out: {', '.join(left_out)}, without a name, which numbers the rows or is empty")
    frame.attrs = {"read": ", ".join(notes)}
    return frame


def _dated(column: Any) -> Any:
    """A column of text as dates, if every field that is not missing is an ISO date, with or without a time."""
    import pandas

    if column.dtype.kind != "O" or not column.notna().any():
        return column
    values = column.dropna().unique()
    if not all(isinstance(value, str) and _DATE.fullmatch(value) for value in values):
        return column
    found = pandas.to_datetime(column, format="ISO8601", errors="coerce")
    return found if (found.notna() == column.notna()).all() else column


def _says_nothing(column: Any) -> bool:
    """Whether a column without a name is empty (a separator at the end of the lines) or numbers the rows."""
    if column.isna().all():
        return True
    values = column.to_numpy()
    return values.dtype.kind == "i" and values[0] in (0, 1) and bool((values[1:] - values[:-1] == 1).all())


def _separator(text: str) -> str:
    """The separator that cuts the first lines into most fields, and into as many each."""
    lines = [line for line in text[: LOOKED_AT * 10_000].splitlines()[:LOOKED_AT] if line.strip()]

    def merit(separator: str) -> tuple[int, int]:
        try:
            fields = [len(row) for row in csv.reader(lines, delimiter=separator, skipinitialspace=True)]
        except csv.Error:
            return 0, 0
        if not fields or fields[0] == 1:
            return 0, 0
        return Counter(fields)[fields[0]] * 2 // len(fields), fields[0]

    return max(SEPARATORS, key=merit)  # the first of equals: commas


def _walk(path: str, text: str, separator: str) -> tuple[list[str], str]:
    """The names of the columns and the sign of decimals, once all lines have as many fields as the first."""
    rows = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=separator != " ", strict=True
    )
    names: list[str] = []
    commas = points = 0
    try:
        for row in rows:
            if not row or (len(row) == 1 and not row[0].strip()):
                continue  # a blank line, which pandas leaves out too
            if not names:
                names = [name.strip() for name in row]
                _check_names(path, names)
            elif len(row) == len(names):
                if separator != "," and rows.line_num <= LOOKED_AT * 10:
                    commas += sum(map(_matches(_DECIMAL_COMMA), row))
                    points += sum(map(_matches(_DECIMAL_POINT), row))
            else:
                fields = "field" if len(row) == 1 else "fields"
                raise ValueError(
                    f"{path}, line {rows.line_num}: {len(row)} {fields} where the first line has {len(names)} "
                    f"(separated by {SEPARATORS.get(separator, repr(separator))}); "
                    "text that holds the separator goes in double quotes"
                )
    except csv.Error as error:
        raise ValueError(f"{path}, line {rows.line_num}: {error}; is a double quote not closed?") from error
    return names, "," if commas and not points else "."


def _matches(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda field: pattern.fullmatch(field) is not None


def _check_names(path: str, names: list[str]) -> None:
    repeated = [name for name, count in Counter(names).items() if count > 1 and name]
    if not repeated:
        return
    places = " and ".join(str(place + 1) for place, name in enumerate(names) if name == repeated[0])
    hint = ""
    if all(re.fullmatch(r"[+-]?\d*\.?\d+", name) for name in repeated):
        hint = "; the first line must hold the names of the columns, and here it seems to hold values"
    raise ValueError(f"{path}: fields {places} of the first line have the same name, {repeated[0]!r}{hint}")
