"""A guest reports another, and the organiser looks into it."""
