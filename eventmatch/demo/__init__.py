"""A made-up bilingual fair to try everything on."""
