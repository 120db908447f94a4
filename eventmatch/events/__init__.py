"""Gatherings, and who runs them."""
