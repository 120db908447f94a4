"""Speed-networking rounds: who sits with whom, table by table."""
