"""Bytes that one stage hands the next: TFRecord, examples, shard names, event files."""
