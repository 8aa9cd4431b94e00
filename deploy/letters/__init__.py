"""Letters by e-mail: the digest of the week for each role, and the notices of the committees."""
