"""Those who sign in to organise."""
