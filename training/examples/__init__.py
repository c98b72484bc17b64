"""Examples, from records to batches: found, checked, cut to segments."""
