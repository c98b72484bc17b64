"""What a tune must be to be well-formed ABC, and which characters may come next."""
