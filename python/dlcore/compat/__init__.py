"""Other libraries' names for what dlcore does."""
