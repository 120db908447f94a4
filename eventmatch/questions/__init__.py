"""What an organiser asks guests beyond name and profile, and for what purpose."""
