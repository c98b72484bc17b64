"""Sheet music as MusicXML."""
