"""The pages of the comparison: the whole town, one discrepancy with both its sides, and what a person decides of it."""
