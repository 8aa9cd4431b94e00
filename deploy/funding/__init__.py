"""The money of a convention: what was spent, what the State owes for it, what it paid, down to the serial numbers."""
