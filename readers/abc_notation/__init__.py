"""ABC notation, version 2.1 with the habits of 1.6 and 2.0.

    bytes -> tunes (tunebook) -> lines (lines) -> tokens (tokenizer)
          -> voices of timed notes, as written (interpreter, voice: score)
          -> sections and their order (repeats, play_order)
          -> notes as written or as played (performance) -> NoteSequence (note_sequence)

The standard: https://abcnotation.com/wiki/abc:standard:v2.1, below "ABC 2.1" with the section.
"""
