"""What is done with acts: each carried out by the verbs of the house, once, or put before somebody."""
