"""Labels that name a thing: their codes, the sheets they are printed on, their pages."""
