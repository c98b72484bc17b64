"""What note_rnn_generate does: it continues music token by token, and writes it as MIDI files."""
