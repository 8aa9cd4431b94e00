"""What the round reads: the acts received, and what a phone takes with it."""
