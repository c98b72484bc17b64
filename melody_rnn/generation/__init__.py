"""What melody_rnn_generate does: a primer is continued, or the model saved as a bundle."""
