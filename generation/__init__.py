"""Generation, from logits to sequences: beam search, sampling, scoring; no layers and no files."""
