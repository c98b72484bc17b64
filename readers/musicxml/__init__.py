"""MusicXML 1.0 to 4.0, partwise and timewise, plain (.xml, .musicxml) and compressed (.mxl).

    bytes -> documents of an archive (archive) -> elements (document)
          -> parts with their measures (layout)
          -> each measure's notes and signs, by its part's reader (part_reader, and what it reads:
             durations, notes, attributes, directions, harmony, bar_lines)
          -> all measures in step, as a Score (assembly) -> NoteSequence (readers/scores)

The standard: https://www.w3.org/2021/06/musicxml40/, below "MusicXML 4.0" with the element.
"""
