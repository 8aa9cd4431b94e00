"""The life of a convention: its signature, its term, its amendments, its end, and the accounts it asks for (articles 8, 10 and 11)."""
