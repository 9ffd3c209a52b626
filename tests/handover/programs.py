"""C programs around exported headers: compiled with the machine's compilers, run on arrays."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np

from dlcore.handover import export_c

COMPILERS = [name for name in ("gcc", "clang") if shutil.which(name)]

STRICT = ("-Wall", "-Wextra", "-pedantic", "-Werror")

#: argv: the model's number, the files of inputs and outputs, rows, inputs and outputs of a row.
MAIN = """
#include <stdio.h>
#include <stdlib.h>
{includes}

typedef void (*predict)(const float *, float *, size_t);
static const predict models[] = {{{names}}};

int main(int argc, char **argv) {{
  const size_t rows = argc > 6 ? (size_t)atol(argv[4]) : 0;
  const size_t inputs = rows * (size_t)atol(argv[5]), outputs = rows * (size_t)atol(argv[6]);
  float *x = (float *)malloc(inputs * sizeof(float) + 1), *y = (float *)malloc(outputs * sizeof(float) + 1);
  FILE *file = fopen(argv[2], "rb");
  if (!file || !x || !y || fread(x, sizeof(float), inputs, file) != inputs) return 1;
  fclose(file);
  models[atol(argv[1])](x, y, rows);
  file = fopen(argv[3], "wb");
  if (!file || fwrite(y, sizeof(float), outputs, file) != outputs) return 2;
  return fclose(file);
}}
"""


class Program:
    """Models exported and compiled into one program."""

    def __init__(self, folder: Path, models: dict[str, object], compiler: str, *flags: str) -> None:
        self.folder, self.models = folder, models
        for name, model in models.items():
            export_c(model, folder / f"{name}.h")
        (folder / "main.c").write_text(
            MAIN.format(
                includes="\n".join(f'#include "{name}.h"' for name in models),
                names=", ".join(f"{name}_predict" for name in models),
            )
        )
        self.program = folder / "-".join(["program", compiler, *flags]).replace("=", "")
        source = ["-x", "c++"] if compiler.endswith("++") else ["-std=c99"]
        done = subprocess.run(
            [compiler, *source, *flags, str(folder / "main.c"), "-o", str(self.program)],
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def __call__(self, name: str, x: np.ndarray, outputs: tuple[int, ...]) -> np.ndarray:
        """What the program gives for rows of x."""
        rows, files = len(x), [self.folder / "x.bin", self.folder / "y.bin"]
        files[0].write_bytes(np.ascontiguousarray(x, np.float32).tobytes())
        lengths = [rows, x[0].size if rows else 0, int(np.prod(outputs))]
        number = list(self.models).index(name)
        command = [self.program, number, *files, *lengths]
        subprocess.run([str(part) for part in command], check=True, timeout=120)
        return np.fromfile(files[1], np.float32).reshape(rows, *outputs)


def same_bits(found: np.ndarray, wanted: np.ndarray) -> bool:
    """Whether the arrays have the same bits; one NaN is like another."""
    both = np.isnan(found) & np.isnan(wanted)
    return found.shape == wanted.shape and bool(((found.view(np.uint32) == wanted.view(np.uint32)) | both).all())
