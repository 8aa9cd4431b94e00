"""Sign-in through a town's or an académie's own provider of identities (OpenID Connect Core 1.0), beside the password."""
