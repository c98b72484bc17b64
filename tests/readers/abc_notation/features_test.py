"""One small tune of testdata/abc/ per feature of ABC, and the notes that it stands for.

The notes are typed from the words of the ABC standard 2.1, in the shorthand of abc_tunes. Lines in
a tuple begin together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import pytest

from melodeon.tests.readers.abc_notation.abc_tunes import (
    GRACED,
    PLAYED,
    TESTDATA,
    WRITTEN,
    fixture,
    notes,
    notes_of,
    read,
    section_order,
    section_starts,
)

# Tunes without repeats: the same notes in both forms.
NOTES: Mapping[str, str | tuple[str, ...]] = {
    "rests": "C4:1 z z D4 z:4 z:1/2 E4 z F4 z:2 G4:1",
    "multibar_rests": "C4:3 z D4 z:6 E4:3 z F4 z:6 G4:3",
    "multibar_rest_after_meter_change": "C4:4 z:7 D4:3",
    "note_lengths": "C4:1/2 D4 E4:1/4 F4 G4:3/2 A4 B4:2 C5:4 D5:3/4 E5:1/8 F5",
    "octaves": "C2:1 C3 C4 C5 C5 C6 C7 C3 C6",
    "broken_rhythm": "C4:3/2 D4:1/2 E4 F4:3/2",
    "broken_rhythm_double": "C4:7/4 D4:1/4 E4 F4:7/4",
    "broken_rhythm_triple": "C4:15/8 D4:1/8 E4 F4:15/8",
    "broken_rhythm_over_spaces": "C4:3/2 D4:1/2 E4 F4:3/2 G4 A4:1/2 B4 C5:3/2",
    "broken_rhythm_over_bar": "C4:1 D4 E4:3/2 F4:1/2 G4:1 A4 B4:1/2 C5:3/2",
    "broken_rhythm_over_line_end": "C4:1 D4 E4:3/2 F4:1/2 G4:1 A4 B4:1/2 C5:3/2",
    "broken_rhythm_in_tuplet": "C4:1 D4:1/3 E4:2/3 F4:2 G4:7/6 A4:1/6 B4:2/3 A4:1/3 B4:1 G4:2/3",
    "broken_rhythm_past_graces": "C4:3/2 D4:1/2 E4:3/2 F4:1/2 A4 G4:3/2",
    "broken_rhythm_past_chord_symbols": "C4:3/2 D4:1/2 E4 F4:3/2",
    "broken_rhythm_past_decorations": "C4:3/2 D4:1/2 E4 F4:3/2",
    "broken_rhythm_chords": "C4+E4:3/2 D4+F4:1/2 G4 C4+E4:3/2",
    "broken_rhythm_rests": "C4:3/2 z:1/2 z D4:3/2",
    "broken_rhythm_unequal": "C4:3 D4:1/2 E4 F4:3",
    "broken_rhythm_chain": "C4:3/2 D4:3/4 E4:1/2 F4:1 G4:1/2 A4:3/4 B4:3/2",
    "tuplet_2": "C4:3/4 D4 E4:3/2",
    "tuplet_3": "C4:1/3 D4 E4 F4:1",
    "tuplet_4": "C4:3/8 D4 E4 F4 G4:3/2",
    "tuplet_5_simple": "C4:1/5 D4 E4 F4 G4 A4:1",
    "tuplet_5_compound": "C4:3/10 D4 E4 F4 G4 A4:3/2",
    "tuplet_5_in_three_four": "C4:1/5 D4 E4 F4 G4 A4:2",
    "tuplet_5_in_three_eight": "C4:1/5 D4 E4 F4 G4 A4:1/2",
    "tuplet_5_after_meter_change": "C4:1/5 D4 E4 F4 G4 A4:3 C4:3/10 D4 E4 F4 G4 A4:3",
    "tuplet_6": "C4:1/6 D4 E4 F4 G4 A4 B4:1",
    "tuplet_7_simple": "C4:1/7 D4 E4 F4 G4 A4 B4 C5:1",
    "tuplet_7_compound": "C4:3/14 D4 E4 F4 G4 A4 B4 C5:3",
    "tuplet_8": "C4:3/16 D4 E4 F4 G4 A4 B4 C5 D5:3/2",
    "tuplet_9_simple": "C4:1/9 D4 E4 F4 G4 A4 B4 C5 D5 E5:1",
    "tuplet_9_compound": "C4:1/6 D4 E4 F4 G4 A4 B4 C5 D5 E5:9/2",
    "tuplet_p_q_r": "G4:4/3 C5:2/3 D5:2 G4:2/3 A4 B4:1/3 C5 D5:2",
    "tuplet_p_q": "C4:2/3 D4 E4 F4:2 C4:1/3 D4 E4 F4:3",
    "tuplet_p_r": "C4:2/3 D4:1/3 E4:3 C4:1/3 D4 E4 F4 G4:2",
    "tuplet_p_colons": "C4:1/3 D4 E4 F4:1 G4:1/3 A4 B4 C5:1",
    "tuplet_mixed_lengths": "D4:2/3 E4 F4 D4:1 E4:1/3 F4:2/3",
    "tuplet_rests": "C4:1/3 z E4 z D4 z F4:2",
    "tuplet_chords": "C4+E4:1/3 D4 E4+G4 F4:1 C4:1/3 D4+F4 E4 G4:1",
    "tuplet_past_graces": "C4:1/3 D4 E4 F4:1 G4:1/3 A4 B4 C5:1",
    "tuplet_space_after_sign": "C4:1/3 D4 E4 F4:1 G4:1/3 A4 B4 C5:1",
    "tuplet_in_slurs": "C4:1/3 D4 E4 F4:1 G4:1/3 A4 B4 C5:1",
    "tuplet_past_symbols": "C4:1/3 D4 E4 F4:1",
    "tuplet_over_line_continuation": "C4:1/3 D4 E4 F4:1",
    "grace_notes_short": "C4:1/4 D4 E4:1/2 F4:3",
    "grace_accidental_holds": "C4:1 F#4 F#5 F#4 F4",
    "grace_notes_apart": "C4+E4:1 D4 z E4",
    "chord": "C4+E4+G4:1 C4+E4+G4:2 C3+C5:1/2 C#4+Eb4",
    "chord_inner_lengths": "C4+E4+G4:2 C4+E4:1 D4",
    "chord_inner_and_outer_lengths": "C4+E4+G4:6 D4:2 C4+E4:1/4 F4",
    "chord_unequal_lengths": "C4+E4+G4:2 D4:1 C4+E4",
    "chord_decorations": "C4+E4+G4:2 D4+F4",
    "chord_accidental_holds": "C#4+E4:1 C#4 C#5 C#4 C4",
    "chord_old": "C4+E4+G4:1 C4+E4:2 D4:1",
    "tie": "C4:2 D4:4 E4:2",
    "tie_over_bar": "C4:2 D4:4 E4:2",
    "tie_over_line_end": "C4:2 D4:4 E4:2",
    "tie_over_line_continuation": "C4:2 D4:4 E4:2",
    "tie_over_two_bars": "C#4:10 C4:2",
    "tie_in_chord": ("C4:4 C4", "E4:4 E4:2 E4"),
    "tie_after_chord": ("C4:4 C4", "E4:4 E4:2 G4"),
    "tie_note_and_chord": ("C4:4 D4:2", "z:2 E4 F4:4"),
    "tie_apart": "C4:4 D4",
    "tie_after_bar": "A4:1 B4 C5:4 D5:2",
    "tie_to_other_pitch": "C4:1 D4 E4:2 F4",
    "tie_carries_accidental": "F4:6 F#4:2",
    "tie_dotted": "C4:2 D4",
    "tie_past_symbols": "C4:4 D4",
    "tie_into_rest": "C4:1 z C4 D4 z D4",
    "slurs": "C4:1 D4 E4 F4 C4 D4 E4 F4 C4 D4 E4 F4 C4 D4 E4",
    "accidental_holds_in_bar": "C#4:1 C#4 D4 C#4 C4 Db4 Db4 C4",
    "accidental_all_octaves": "C#4:1 C#5 C#3 C#6 C5 C4 C3 C6",
    "accidental_double": "D4:1 C4 C4 C4 C#4 A4",
    "accidental_natural": "F4:1 F4 F#4 F#4 F#4 C5 C5 F#5",
    "accidental_flat_key": "B4:1 B4 B5 B4 Bb4 Bb5",
    "accidental_cleared_by_any_bar": "C#4:1 C4 C#4 C4 C#4 C4 C#4 C4 C#4 C4",
    "key_change": "C4:1 F4 C#4 F#4 Bb4 Eb4",
    "key_change_inline": "C4:1 F4 C#4 F#4 Eb4 Bb4",
    "key_after_key": "C4:1 F#4",
    "clef_octave_down": "C3:1 E3 C4",
    "clef_octave_up": "C5:1 E5 C6",
    "clef_bass": "Bb4:1 C3",
    "octave_parameter": "C3:1 E3 C4",
    "octave_and_clef": "C5:1 E5 C6",
    "transpose_parameter": "C4:1 E4 B4",
    "shift_parameter": "D4:1 E4 F#4 G4",
    "sound_parameter": "Bb3:1 D4 A4",
    "midi_transpose": "C3:1 D3 E3 F3 G4 A4",
    "transpose_directive": "D4:1 E4 F#4 F4",
    "clef_in_voices": ("C3:4", "C5:4", "Eb4:4", "C4:4"),
    "meter_change": "C4:1 D4 E4 F4 G4 A4 B4 C5:4 D5",
    "unit_length_change": "C4:1 D4 E4 F4 G4 A4",
    "unit_length_kept_at_meter_change": "C4:1 D4 E4 F4 G4 A4:1/2",
    "tempo_change": "C4:1 D4 E4 F4 G4",
    "inline_fields": "C4:1 D4 E4 F4 G4 A4 B4 C5",
    "rhythm_field": "C4:1/2 D4 E4 F4",
    "bar_odd_shapes": "C4:1 D4 E4 F4 G4 A4 B4 C5",
    "voices_score_directive": ("C4:4", "E4:4"),
    "overlay": ("C4:1 D4 E4 F4 G4:4", "C3:4"),
    "overlay_twice": ("C4:4 C5", "E4:4", "G4:4"),
    "overlay_two_bars": ("C4:4 D4 G4", "E4:4 F4"),
    "overlay_line_continuation": ("C4:1 D4 E4 F4 G4:4", "C3:4"),
    "overlay_short": ("C4:1 D4 E4 F4 G4:4", "A4:2"),
    "overlay_at_line_start": ("C4:1 D4 E4 F4 A4:4", "G4:4"),
    "overlay_two_bars_at_line_start": (
        "G5:2 F5 E5:3 E5:1", "D5:4", "z:4 C5:3 C5:1",
    ),
    "note_without_length": "D4:1 E4 F4 G4",
    "lyrics": "C4:1 D4 E4 F4 G4 A4 B4 C5",
    "lyrics_backslash": "C4:1 D4 E4 G4 A4 B4",
    "symbol_line": "C4:1 D4 E4 F4 G4 A4 B4 C5",
    "macro_static": "G4:1/2 G4 G4 A4:3/2 G4:1",
    "macro_transposing": "G4:1/2 G4 G4 C5 C5 C5",
    "macro_transposing_notes": "B4:1/3 A4 G4 A4:1 D5:1/3 C5 B4 C5:1 A5:1/3 G5 F#5 G5:1",
    "decorations_letters": "C4:1 D4 E4 F4 G4 A4 B4 C5 D5 E5 F5 G5",
    "decorations_named": "C4:1 D4 E4 F4 G4 A4 B4 C5 D5 E5 F5 G5",
    "exclamation_lone": "C4:1 D4 E4 F4 G4 A4",
    "exclamation_at_bar_start": "C5:2 D5 D5:3/2 C5:1/2 B4:3/2 A4:1/2",
    "annotations": "C4:2 E4 G4:1 A4 B4 C5 D5:2 B4",
    "line_continuation": "C4:1 D4 E4 F4 G4 A4 B4 C5",
    "titles": "C4:1",
    "field_continuation": "C4:1 D4",
    "version_strict": "C4:1 D4:3/2 E4:1/2 F4:1",
    "file_header": "C4:1 D4 E4",
    # What is no music leaves four quarters.
    **dict.fromkeys(
        [
            "spacer", "grace_notes", "grace_note_lengths", "tempo_before_unit_length",
            "parts_labels_only", "play_order_of_editors", "double_bar", "user_symbols",
            "decorations_other_letters", "decorations_plus", "comments", "directives", "text_block",
            "backticks", "play_spaces", "reference_number_empty", "reference_number_indented",
            "text_block_blank_line", "text_block_reference_number",
            "da_capo_unclear", "annotation_quotation_mark", "field_within_a_line", "tuplet_10",
        ],
        "C4:1 D4 E4 F4",
    ),
}

# What sounds where grace notes do: each takes a 32nd from the note that follows.
SOUNDING_GRACES = {
    "grace_notes": "G5:1/8 C4:7/8 G5:1/8 D4:7/8 G5:1/8 A5 B5 E4:5/8 G5:1/8 A5 F4:3/4",
    "grace_notes_short": "G5:1/24 A5 B5 C4:1/8 D4:1/4 E5:1/8 E4:3/8 F4:3",
    "grace_accidental_holds": "F#5:1/8 C4:7/8 F#4:1 F#5 F#4 F4",
    "macro_transposing": "G4:1/2 A4:1/8 G4:3/8 F4:1/8 G4:3/8 C5:1/2 D5:1/8 C5:3/8 B4:1/8 C5:3/8",
    "tuplet_3": "C4:1/3 D4 E4 F4:1",
}

# Notes as written, notes as played, where the sections begin (in quarters), and the order in which
# the sections are played.
REPEATS: Mapping[str, tuple[str, str, str, str]] = {
    "repeat": ("C4:1 D4 E4 F4", "C4:1 D4 E4 F4 C4 D4 E4 F4", "0", "0 0"),
    "repeat_missing_start": (
        "C4:1 D4 E4 F4 G4 A4", "C4:1 D4 E4 F4 C4 D4 E4 F4 G4 A4", "0 4", "0 0 1",
    ),
    **dict.fromkeys(
        [
            "repeat_after_repeat", "repeat_double_colon", "repeat_colon_bar_colon",
            "repeat_colon_two_bars_colon", "repeat_end_and_start_apart", "repeat_end_thick_bar",
        ],
        ("C4:1 D4 E4 F4", "C4:1 D4 C4 D4 E4 F4 E4 F4", "0 2", "0 0 1 1"),
    ),
    **dict.fromkeys(
        [
            "repeat_after_double_bar", "repeat_after_thin_thick_bar",
            "repeat_after_thick_thin_bar", "repeat_start_double_bar", "repeat_start_twice",
        ],
        ("C4:1 D4 E4 F4", "C4:1 D4 E4 F4 E4 F4", "0 2", "0 1 1"),
    ),
    "repeat_past_double_bar": ("C4:1 D4 E4 F4", "C4:1 D4 E4 F4 C4 D4 E4 F4", "0", "0 0"),
    "repeat_three_times": ("C4:1 D4 E4 F4", "C4:1 D4 C4 D4 C4 D4 E4 F4", "0 2", "0 0 0 1"),
    **dict.fromkeys(
        ["repeat_end_double_bar", "repeat_start_thick_bar", "invisible_bar_before_repeat_end"],
        ("C4:1 D4 E4 F4", "C4:1 D4 C4 D4 E4 F4", "0 2", "0 0 1"),
    ),
    "repeat_start_without_end": ("C4:1 D4 E4 F4", "C4:1 D4 E4 F4", "0", "0"),
    "repeat_rest_at_end": ("C4:1 z D4", "C4:1 z C4 z D4", "0 2", "0 0 1"),
    "repeat_over_line_ends": (
        "C4:1 D4 E4 F4 G4 A4", "C4:1 D4 E4 F4 C4 D4 E4 F4 G4 A4", "0 4", "0 0 1",
    ),
    "repeat_keeps_fields": ("C4:1 F4 C#4 F#4", "C4:1 F4 C#4 F#4 C4 F4 C#4 F#4", "0", "0 0"),
    "bar_dotted": ("C4:1 D4 E4", "C4:1 D4 E4 C4 D4 E4", "0", "0 0"),
    "invisible_bar": ("C4:1 D4 E4 F4", "C4:1 D4 E4 F4 C4 D4 E4 F4", "0", "0 0"),
    "accidental_not_cleared_by_ending": (
        "C#4:1 D4 C#4:2 E4", "C#4:1 D4 C#4:2 C#4:1 D4 E4:2", "0 2 4", "0 1 0 2",
    ),
    "accidental_cleared_by_repeat_signs": (
        "C#4:1 C4 C#4 C4 C#4 C4 C#4 C4 C#4 C4",
        "C#4:1 C#4 C4 C#4 C4 C#4 C4 C#4 C4 C#4 C4 C#4 C4 C#4 C4 C#4 C4 C#4 C4",
        "0 1 3 5 7 9",
        "0 0 1 1 2 2 3 3 4 4 5",
    ),
    **dict.fromkeys(
        [
            "endings", "endings_brackets", "endings_space_before_bracket",
            "endings_missing_start", "endings_first_only", "endings_last_closed",
            "endings_over_line_ends",
        ],
        ("C4:1 D4 E4:2 F4", "C4:1 D4 E4:2 C4:1 D4 F4:2", "0 2 4", "0 1 0 2"),
    ),
    "endings_list": (
        "C4:1 D4 E4:2 F4 G4",
        "C4:1 D4 E4:2 C4:1 D4 F4:2 C4:1 D4 E4:2 C4:1 D4 G4:2",
        "0 2 4 6",
        "0 1 0 2 0 1 0 3",
    ),
    "endings_range": (
        "C4:1 D4 E4:2 F4",
        "C4:1 D4 E4:2 C4:1 D4 E4:2 C4:1 D4 E4:2 C4:1 D4 F4:2",
        "0 2 4",
        "0 1 0 1 0 1 0 2",
    ),
    "endings_list_and_range": (
        "C4:1 D4 E4",
        "C4:1 D4 C4 E4 C4 D4 C4 E4 C4 D4 C4 D4 C4 D4 C4 E4",
        "0 1 2",
        "0 1 0 2 0 1 0 2 0 1 0 1 0 1 0 2",
    ),
    "endings_bar_list": (
        "C4:1 D4 E4:2 F4", "C4:1 D4 E4:2 C4:1 D4 E4:2 C4:1 D4 F4:2", "0 2 4", "0 1 0 1 0 2",
    ),
    "endings_three": (
        "C4:1 D4 E4:2 F4 G4",
        "C4:1 D4 E4:2 C4:1 D4 F4:2 C4:1 D4 G4:2",
        "0 2 4 6",
        "0 1 0 2 0 3",
    ),
    "section_after_endings": (
        "C4:1 D4 E4:2 F4 G4:1 A4 B4:2 C5",
        "C4:1 D4 E4:2 C4:1 D4 F4:2 G4:1 A4 B4:2 G4:1 A4 C5:2",
        "0 2 4 6 8 10",
        "0 1 0 2 3 4 3 5",
    ),
    **dict.fromkeys(
        ["section_after_endings_repeated", "section_after_endings_closed"],
        (
            "C4:1 D4 E4:2 F4 G4:1 A4",
            "C4:1 D4 E4:2 C4:1 D4 F4:2 G4:1 A4 G4 A4",
            "0 2 4 6",
            "0 1 0 2 3 3",
        ),
    ),
    "tie_into_second_ending": (
        "C4:2 D4:6 D4:2 E4", "C4:2 D4:6 C4:2 D4:4 E4:2", "0 4 8", "0 1 0 2",
    ),
    "music_like_a_field": (
        "C4:1 D4 A4 E4 F4", "C4:1 D4 A4 C4 D4 A4 E4 E4 F4 F4", "0 3 4", "0 0 1 1 2 2",
    ),
    **dict.fromkeys(
        ["da_capo_al_fine", "da_capo_al_fine_in_words"],
        ("C4:1 D4 E4 F4", "C4:1 D4 E4 F4 C4 D4", "0 2", "0 1 0"),
    ),
    "da_capo_past_repeats": (
        "C4:1 D4 E4 F4", "C4:1 D4 C4 E4 F4 C4 E4", "0 1 2 3", "0 1 0 2 3 0 2",
    ),
    "dal_segno_al_coda": (
        "C4:1 D4 E4 F4 G4", "C4:1 D4 E4 F4 D4 E4 G4", "0 1 3 4", "0 1 2 1 3",
    ),
    **dict.fromkeys(
        ["parts", "parts_dots", "parts_spaces"],
        ("C4:1 D4 E4 F4", "C4:1 D4 E4 F4 C4 D4", "0 2", "0 1 0"),
    ),
    "parts_numbers": ("C4:1 D4 E4 F4", "C4:1 D4 C4 D4 E4 F4", "0 2", "0 0 1"),
    "parts_parentheses": ("C4:1 D4 E4", "C4:1 D4 C4 D4 C4 D4 E4", "0 1 2", "0 1 0 1 0 1 2"),
    "parts_nested": (
        "C4:1 D4 E4", "C4:1 D4 C4 D4 E4 C4 D4 C4 D4 E4", "0 1 2", "0 1 0 1 2 0 1 0 1 2",
    ),
    "parts_inline": ("C4:1 D4 E4 F4", "E4:1 F4 C4 D4", "0 2", "1 0"),
    "parts_other_labels": ("C4:1 D4 E4 F4 G4 A4", "G4:1 A4 C4 D4 E4 F4", "0 4", "1 0"),
    "parts_text_after_order": (
        "C4:1 D4 E4 F4", "C4:1 D4 C4 D4 E4 F4 C4 D4", "0 2", "0 0 1 0",
    ),
    "parts_with_repeats": (
        "C4:1 D4 E4 F4", "C4:1 D4 C4 D4 E4 F4 C4 D4 C4 D4", "0 2", "0 0 1 0 0",
    ),
    "parts_missing_repeat_start": (
        "C4:1 D4 E4 F4", "C4:1 D4 C4 D4 E4 F4 E4 F4", "0 2", "0 0 1 1",
    ),
    "parts_variant_endings": (
        "C4:1 D4 E4:2 F4 G4 C5:4",
        "C4:1 D4 E4:2 C4:1 D4 F4:2 C4:1 D4 G4:2 C5:4",
        "0 2 4 6 8",
        "0 1 0 2 0 3 4",
    ),
}

# Names of the voices, and the notes of each as written and as played: by instrument, from 0.
VOICES: Mapping[str, tuple[list[str], list[str], list[str]]] = {
    "voices": (
        ["Flute", "Low whistle"], ["C4:2 E4 G4 C5", "C3:4 G3"], ["C4:2 E4 G4 C5", "C3:4 G3"],
    ),
    "voices_in_body": (["T", "B"], ["C4:2 E4", "C3:4"], ["C4:2 E4", "C3:4"]),
    "voices_inline": (
        ["T", "B"], ["C4:2 E4 G4 C5", "C3:4 G3"], ["C4:2 E4 G4 C5", "C3:4 G3"],
    ),
    "voices_accidentals_apart": (["1", "2"], ["C#4:2 C#4", "C4:4"], ["C#4:2 C#4", "C4:4"]),
    "voices_percussion": (
        ["1", "2"], ["A4:1 B4 C5 D5", "F5:1 F5 C5 C5"], ["A4:1 B4 C5 D5", "F5:1 F5 C5 C5"],
    ),
    "voices_repeats": (
        ["1", "2"],
        ["C4:1 D4 E4 F4", "C3:1 D3 E3 F3"],
        ["C4:1 D4 C4 D4 E4 F4", "C3:1 D3 C3 D3 E3 F3"],
    ),
    "voices_endings": (
        ["1", "2"],
        ["C4:1 D4 E4:2 F4", "C3:2 G3 A3"],
        ["C4:1 D4 E4:2 C4:1 D4 F4:2", "C3:2 G3 C3 A3"],
    ),
    "voices_parts": (
        ["1", "2"], ["C4:1 D4 E4 F4", "E4:2 G4"], ["E4:1 F4 C4 D4", "G4:2 E4"],
    ),
}

TWO_TUNES = "free_text_between_tunes"


def _lines(expected: str | tuple[str, ...]) -> Sequence[str]:
    return (expected,) if isinstance(expected, str) else expected


@pytest.mark.parametrize("name", NOTES)
def test_notes(name):
    for options in (WRITTEN, PLAYED):
        assert notes_of(fixture(name, options)) == notes(*_lines(NOTES[name]))


@pytest.mark.parametrize("name", SOUNDING_GRACES)
def test_grace_notes_sound_if_asked(name):
    assert notes_of(fixture(name, GRACED)) == notes(SOUNDING_GRACES[name])


@pytest.mark.parametrize("name", REPEATS)
def test_notes_as_written_and_as_played(name):
    written, played, _, _ = REPEATS[name]
    assert notes_of(fixture(name, WRITTEN)) == notes(written)
    assert notes_of(fixture(name, PLAYED)) == notes(played)


@pytest.mark.parametrize("name", REPEATS)
def test_sections(name):
    _, _, starts, order = REPEATS[name]
    sequence = fixture(name)
    expected = [(number, Fraction(start)) for number, start in enumerate(starts.split())]
    assert section_starts(sequence) == expected
    assert section_order(sequence) == [int(number) for number in order.split()]


# (section id, times) as note_seq writes them.
@pytest.mark.parametrize(
    ("name", "groups"),
    [
        ("repeat", [(0, 2)]),
        ("repeat_missing_start", [(0, 2), (1, 1)]),
        ("repeat_double_colon", [(0, 2), (1, 2)]),
        ("repeat_after_double_bar", [(0, 1), (1, 2)]),
        ("repeat_three_times", [(0, 3), (1, 1)]),
        ("double_bar", [(0, 1), (1, 1)]),
        ("tie", []),
    ],
)
def test_section_groups(name, groups):
    found = fixture(name).section_groups
    assert [(group.sections[0].section_id, group.num_times) for group in found] == groups


@pytest.mark.parametrize("name", VOICES)
def test_voices_are_instruments(name):
    names, *forms = VOICES[name]
    for options, lines in zip((WRITTEN, PLAYED), forms, strict=True):
        sequence = fixture(name, options)
        infos = {info.instrument: info.name for info in sequence.instrument_infos}
        assert infos == dict(enumerate(names))
        assert {note.instrument for note in sequence.notes} == set(range(len(names)))
        for instrument, line in enumerate(lines):
            assert notes_of(sequence, instrument) == notes(line)


def test_one_voice_is_instrument_0():
    assert {note.instrument for note in fixture("chord").notes} == {0}


def test_free_text_between_tunes_is_no_music():
    one, five = read((TESTDATA / f"{TWO_TUNES}.abc").read_bytes())
    assert (one.number, notes_of(one.sequence)) == (1, notes("C4:1 D4"))
    assert (five.number, notes_of(five.sequence)) == (5, notes("E4:1 F4"))


def test_every_fixture_is_tested():
    names = {path.stem for path in TESTDATA.iterdir()}
    assert names == {*NOTES, *REPEATS, *VOICES, TWO_TUNES}
