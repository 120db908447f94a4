"""What those who run a server need: backups, and what a look at the instance shows."""
