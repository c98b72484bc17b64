"""From records to batches: examples found, checked, cut to segments."""
