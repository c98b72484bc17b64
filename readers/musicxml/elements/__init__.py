"""What elements of a MusicXML document say by themselves."""
