"""Melody RNN: one melody, one event a step (basic, mono, lookback and attention configs)."""
