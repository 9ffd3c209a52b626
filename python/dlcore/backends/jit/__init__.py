"""The kernels of the Numba backend: compiled at first use, kept on disk where that is possible.

Machine code found on disk is used as long as the file of the *calling* kernel is unchanged. After editing a function
that kernels of another file call (those of ``scalars``), delete the ``__pycache__`` folder here.
"""
