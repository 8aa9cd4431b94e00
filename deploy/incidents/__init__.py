"""What happens to a tablet or a cart: told, followed, sent back under warranty, swapped, closed with a result; the assignment stays."""
