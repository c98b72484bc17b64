"""ABC notation, version 2.1 with the habits of 1.6 and 2.0.

    bytes -> tunes (tunebook) -> lines (lines)
          -> voices of timed notes, as written (interpreter/tune)
          -> sections and their order, notes that sound, NoteSequence (readers/scores)

elements/ has what signs and fields say by themselves.

The standard: https://abcnotation.com/wiki/abc:standard:v2.1, below "ABC 2.1" with the section.
"""
