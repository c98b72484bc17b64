"""Sound, written wave by wave, from DFT frames of audio."""
