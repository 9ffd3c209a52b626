"""What one core could do at most: multiply-adds in registers, nothing else."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

SOURCE = r"""
#ifdef __AVX512F__
enum { WIDTH = 16, CHAINS = 24 };
#else
enum { WIDTH = 8, CHAINS = 12 };
#endif
typedef float Vector __attribute__((vector_size(WIDTH * sizeof(float))));

double flops(long rounds, float x, float *out) {
  Vector sum[CHAINS], factor = {0}, term = {0};
  factor += x;
  for (int i = 0; i < CHAINS; i++) sum[i] = factor * (float)i;
  for (long r = 0; r < rounds; r++) {
#pragma GCC unroll 24
    for (int i = 0; i < CHAINS; i++) sum[i] = sum[i] * factor + term;
  }
  for (int i = 0; i < CHAINS; i++)
    for (int j = 0; j < WIDTH; j++) *out += sum[i][j];
  return 2.0 * CHAINS * WIDTH * rounds;
}
"""


def gigaflops(isa: str | None = None) -> float | None:
    """GFLOP/s of float32 multiply-adds on one thread, the best of some tries; None without a C compiler.

    With ``isa``, such as "x86_64_v3", those of an instruction set; else of the processor's widest.
    """
    compiler = shutil.which(os.environ.get("CC", "cc"))
    if compiler is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        source, library = Path(folder, "peak.c"), Path(folder, "peak.so")
        source.write_text(SOURCE)
        target = isa.replace("_", "-") if isa and isa != "neon" else "native"
        flags = ["-O2", f"-march={target}", "-ffp-contract=fast", "-shared", "-fPIC"]
        subprocess.run([compiler, *flags, str(source), "-o", str(library)], check=True)
        flops = ctypes.CDLL(str(library)).flops
    flops.restype = ctypes.c_double
    out, rates = ctypes.c_float(), []
    for _ in range(20):
        start = time.perf_counter()
        done = flops(ctypes.c_long(400_000), ctypes.c_float(0.5), ctypes.byref(out))
        rates.append(done / (time.perf_counter() - start) / 1e9)
    return max(rates)
