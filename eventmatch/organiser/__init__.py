"""The organiser's view across all rooms."""
