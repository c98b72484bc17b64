"""What a sign, a word or a field says by itself: text in, value out. Nothing here knows a tune."""
