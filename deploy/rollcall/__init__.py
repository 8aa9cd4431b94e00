"""The check of a cart by who sees it: with an account or by its label and the school's short code; asked for after each holiday."""
