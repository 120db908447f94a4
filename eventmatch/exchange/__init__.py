"""Two guests exchange contacts: both agree, or nothing happens."""
