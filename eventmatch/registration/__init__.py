"""A person's place at one event: seat, profile, consents, ticket and badge code."""
