"""Who should meet whom, and why.

The pure core: `profile` goes in, `ranking` gives suggestions, `table` does both for CSV files.
Beneath, in the order of a profile's way: `words`, `vocabulary`, `counting`, `space`, `similarity`,
`fairness`, `reasons`; `crowd` holds them together, `parameters` holds all the numbers.
"""
