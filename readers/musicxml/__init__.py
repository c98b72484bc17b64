"""MusicXML 1.0 to 4.0, partwise and timewise, plain (.xml, .musicxml) and compressed (.mxl).

    bytes -> documents of an archive (archive) -> elements (document)
          -> parts with their measures (layout)
          -> the notes and signs of each measure of a part (part_reader, notes: content)
          -> all measures in step, as a Score (assembly)
          -> sections and their order (road_map), notes that sound, NoteSequence (readers/scores)

elements/ has what elements say by themselves.

The standard: https://www.w3.org/2021/06/musicxml40/, below "MusicXML 4.0" with the element.
"""
