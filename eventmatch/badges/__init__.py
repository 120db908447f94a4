"""The code and the printed badge."""
