"""A tune while it is read: what was said so far, and the score that is made of it."""
