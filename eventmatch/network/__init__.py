"""Each person's own contacts, across events and after them."""
