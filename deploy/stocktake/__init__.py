"""The stock-take of a cart: expected, found, missing, unexpected; several people at once; it ends in decisions."""
