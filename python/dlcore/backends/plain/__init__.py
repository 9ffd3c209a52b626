"""The kernels of the NumPy backend: each family a table from names to short functions."""
