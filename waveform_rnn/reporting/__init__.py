"""What waveform_rnn_report does: measures trained runs, draws and plays what they predict."""
