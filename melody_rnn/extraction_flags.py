"""The flags that say what counts as a melody in music."""

from __future__ import annotations

import dataclasses

from absl import flags

from melodeon.music.extract_melodies import ExtractionOptions
from melodeon.music.grid import RECIPES, GridOptions

_DEFAULTS = ExtractionOptions()


def define_extraction_flags(values: flags.FlagValues) -> None:
    """Defines a flag for each of the options, and for the rules of the grid."""
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
    flags.DEFINE_enum(
        "recipe", "melodeon", list(RECIPES),
        "How music becomes melodies. melodeon: through changes of tempo, with upbeats, and where "
        "notes meet only on the steps the longest counts. magenta: as Magenta's datasets, which is "
        "--split_on_tempo_changes --nokeep_pickups --noignore_colliding_notes.",
        flag_values=values,
    )
    define_grid_flags(values, None)


def define_grid_flags(values: flags.FlagValues, defaults: GridOptions | None) -> None:
    """Defines a flag for each of the rules by which music comes on steps.

    Args:
      values: where.
      defaults: their values where they are not given; None leaves that to --recipe.
    """
    for name, text in (
        ("split_on_tempo_changes", "Ends melodies where the tempo changes."),
        ("keep_pickups",
         "Keeps an upbeat that is written as a bar of its own, e.g. of 1/4 before 4/4, with the "
         "melody that follows; what is missing of its bar comes before it, as silence. Likewise a "
         "last bar that is shorter, with the melody before."),
        ("ignore_colliding_notes",
         "Of notes that begin on one step, but not together, and sound together for no more than a "
         "step, such as grace notes, takes the longest, instead of giving up on the track."),
    ):  # fmt: skip
        default = None if defaults is None else getattr(defaults, name)
        if defaults is None:
            switches = "on", "off"
            ours, theirs = switches if getattr(GridOptions(), name) else switches[::-1]
            text += f" Where it is not given it is {ours}; with --recipe=magenta, {theirs}."
        flags.DEFINE_bool(name, default, text, flag_values=values)


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


def grid_options_of(values: flags.FlagValues) -> GridOptions:
    """What the flags of `define_grid_flags` say, and else --recipe."""
    names = [field.name for field in dataclasses.fields(GridOptions)]
    given = {name: values[name].value for name in names if values[name].value is not None}
    options = RECIPES[values.recipe] if "recipe" in values else GridOptions()
    return dataclasses.replace(options, **given)
