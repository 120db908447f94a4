"""What we hold of a person: all of it for them to take, and to delete."""
