"""What the reports of all families are made of: curves, figures, pieces of pages."""
