"""The grammar of well-formed ABC: which characters of a tune may come next."""
