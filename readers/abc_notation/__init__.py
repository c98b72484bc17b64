"""ABC notation, version 2.1 with the habits of 1.6 and 2.0.

    bytes -> tunes (tunebook) -> lines (lines)
          -> voices of timed notes, as written (interpreter/tune: score)
          -> sections and their order (playing/repeats, jumps)
          -> notes as written or as played (playing/performance) -> NoteSequence

elements/ has what signs and fields say by themselves.

The standard: https://abcnotation.com/wiki/abc:standard:v2.1, below "ABC 2.1" with the section.
"""
