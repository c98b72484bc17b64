"""Parts for the reports of all families: curves, figures, pieces of pages."""
