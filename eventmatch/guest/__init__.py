"""My event: one guest's view across all rooms."""
