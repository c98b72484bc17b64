"""What the report of this family shows."""
