"""The technician's round: prepared at the depot, done without network, sent act by act, each with one effect."""
