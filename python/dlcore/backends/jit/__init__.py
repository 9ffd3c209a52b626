"""The kernels of the Numba backend: compiled at first use, kept on disk where that is possible."""
