"""HTTP furniture: what every page and every answer shares."""
