"""Guests across events, known by a verified mail address."""
