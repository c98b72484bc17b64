"""From logits to sequences: beam search, sampling, scoring; knows neither layers nor files."""
