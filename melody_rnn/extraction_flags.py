"""The flags that say what counts as a melody in music."""

from __future__ import annotations

from absl import flags

from melodeon.music.extract_melodies import ExtractionOptions

_DEFAULTS = ExtractionOptions()


def define_extraction_flags(values: flags.FlagValues) -> None:
    """Defines a flag for each of the options."""
    flags.DEFINE_integer(
        "min_bars", _DEFAULTS.min_bars, "Shorter melodies are discarded.",
        lower_bound=0, flag_values=values,
    )
    flags.DEFINE_integer(
        "max_steps", _DEFAULTS.max_steps, "Longer melodies are cut off after so many steps.",
        lower_bound=1, flag_values=values,
    )
    flags.DEFINE_integer(
        "min_unique_pitches", _DEFAULTS.min_unique_pitches,
        "Melodies with fewer different pitches (octaves apart are the same) are discarded.",
        lower_bound=0, upper_bound=12, flag_values=values,
    )
    flags.DEFINE_float(
        "gap_bars", _DEFAULTS.gap_bars, "A silence of so many bars ends a melody.",
        lower_bound=0.0, flag_values=values,
    )
    define_polyphony_flag(values)


def define_polyphony_flag(values: flags.FlagValues) -> None:
    """Defines the one of these flags that says what to do with chords."""
    flags.DEFINE_bool(
        "ignore_polyphonic_notes", _DEFAULTS.ignore_polyphonic_notes,
        "Takes the highest of notes that begin together, instead of giving up on the track.",
        flag_values=values,
    )


def extraction_options_of(values: flags.FlagValues) -> ExtractionOptions:
    """What the flags of `define_extraction_flags` say."""
    return ExtractionOptions(
        min_bars=values.min_bars,
        max_steps=values.max_steps,
        min_unique_pitches=values.min_unique_pitches,
        gap_bars=values.gap_bars,
        ignore_polyphonic_notes=values.ignore_polyphonic_notes,
    )
