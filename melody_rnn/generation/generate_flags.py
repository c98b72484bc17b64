"""The flags of melody_rnn_generate, and which of them contradict each other."""

from __future__ import annotations

import os

from absl import flags

from melodeon.commands.errors import UsageError
from melodeon.commands.flags import check_qpm, check_temperature, define_output_dir, define_sampling
from melodeon.melody_rnn.configs import FAMILY
from melodeon.melody_rnn.magenta_flags import define_melody_encoder_decoder
from melodeon.reports.flags import check_html, define_html
from melodeon.trained_models.flags import SOURCES, check_model_flags, define_model_flags
from melodeon.writers.flags import define_format, define_heading, define_program, formats_of

STOCHASTIC, MAGENTA = "stochastic", "magenta"
# As --training_melodies: nothing is compared with.
NOTHING = "none"
# Of the stochastic beam search; docs/music.md tells how it was found.
TOP_P_OF_BEAM = 0.98


def define_flags(values: flags.FlagValues) -> None:
    """Defines the command's flags."""
    define_model_flags(
        values, FAMILY,
        bundle_file="Bundle (.mag) to take, or to write with --save_generator_bundle.",
    )
    _define_saving_flags(values)
    _define_output_flags(values)
    _define_steering_flags(values)
    _define_search_flags(values)
    _define_novelty_flags(values)
    define_melody_encoder_decoder(values)


def _define_saving_flags(values: flags.FlagValues) -> None:
    flags.DEFINE_string(
        "bundle_description", None, "What the bundle that is written says about itself.",
        flag_values=values,
    )
    flags.DEFINE_bool(
        "save_generator_bundle", False,
        "Writes the model to --bundle_file instead of generating.", flag_values=values,
    )


def _define_output_flags(values: flags.FlagValues) -> None:
    define_output_dir(values, "for what is written and its manifest")
    for name, text in (
        ("primer_melody", 'Melody to continue, one event a step: "[60, -2, 62]"; -2 is no event, '
                          "-1 note off. A middle C if there is no primer."),
        ("primer_midi", "MIDI file whose first melody is continued."),
        ("primer_abc", "ABC file whose first tune is continued."),
        ("primer_musicxml", "MusicXML file, .xml or .mxl, whose first melody is continued."),
    ):
        flags.DEFINE_string(name, None, text, flag_values=values)
    define_sampling(values, of="melodies")
    flags.DEFINE_integer(
        "num_steps", 128, "Length of each melody in steps, 4 a quarter, primer included.",
        lower_bound=2, flag_values=values,
    )
    flags.DEFINE_float(
        "qpm", 120.0, "Quarters a minute; if not given, a primer file's own.", flag_values=values
    )
    flags.DEFINE_bool(
        "without_primer", False, "Leaves the primer out of what is written: what comes after it, "
        "in the bar where it begins.", flag_values=values,
    )
    define_format(values)
    define_html(values, of="melodies")
    define_program(values, "a primer file's own, or a piano")
    define_heading(values, of="primer")


def _define_steering_flags(values: flags.FlagValues) -> None:
    flags.DEFINE_integer(
        "num_bars", None, "Length of each melody in bars, primer included, instead of --num_steps.",
        lower_bound=1, flag_values=values,
    )
    flags.DEFINE_bool(
        "end", False, "Lets each tune end on its tonic at the end of a bar: after --num_bars, or "
        "where the network says, after --num_steps at the latest. Of tune_rnn only.",
        flag_values=values,
    )
    for name, example in (("lowest", "G3"), ("highest", "B5")):
        flags.DEFINE_string(
            name, None, f"The {name} pitch that may be written after the primer, such as "
            f"{example}; C4 is middle C.", flag_values=values,
        )
    flags.DEFINE_bool(
        "in_scale", False, "Writes no accidentals after the primer: only pitches of the key's "
        "signature.", flag_values=values,
    )


def _define_search_flags(values: flags.FlagValues) -> None:
    for name, text in (
        ("beam_size", "Beam search: melodies that are kept for each output."),
        ("branch_factor", "Beam search: candidates that each of them goes on as."),
    ):
        flags.DEFINE_integer(name, 1, text, lower_bound=1, flag_values=values)
    flags.DEFINE_enum(
        "search", STOCHASTIC, [STOCHASTIC, MAGENTA], "Beam search: by lot, each candidate weighed "
        "by how likely it is, or, as Magenta does, always the likeliest, which repeat themselves.",
        flag_values=values,
    )
    flags.DEFINE_integer(
        "steps_per_iteration", None, "Beam search: steps between two choices. If not given, a bar, "
        f"or, with --search={MAGENTA}, 1.", lower_bound=1, flag_values=values,
    )
    flags.DEFINE_float(
        "top_p", None, "Takes each event from the likeliest that have this share of the "
        f"probability together. If not given, {TOP_P_OF_BEAM} of the stochastic beam search, else "
        "1, which is from all.", flag_values=values,
    )


def _define_novelty_flags(values: flags.FlagValues) -> None:
    flags.DEFINE_string(
        "training_melodies", None, "What the melodies are compared with: a dataset's folder, or a "
        f"TFRecord file of NoteSequences, or {NOTHING}. If not given, the melodies that the run "
        "was trained on.", flag_values=values,
    )
    flags.DEFINE_float(
        "max_copied_bars", None, "Searches on for each melody that shares more bars in a row with "
        "a training melody, in any key.", lower_bound=0, flag_values=values,
    )


def check_flags(values: flags.FlagValues) -> None:
    """Refuses what contradicts itself, before anything slow is imported."""
    if values.save_generator_bundle:
        if not values.bundle_file:
            raise UsageError("--save_generator_bundle: missing --bundle_file, the file to write")
        if os.path.isdir(values.bundle_file):
            path = os.path.join(values.bundle_file, "model.mag")
            raise UsageError(
                f"--bundle_file: expected a file to write, got the folder {values.bundle_file}: "
                f"did you mean {path}?"
            )
        check_model_flags(values, FAMILY, [name for name in SOURCES if name != "bundle_file"])
    else:
        check_model_flags(values, FAMILY)
        if not values.output_dir:
            raise UsageError("missing --output_dir")
        if values.bundle_description is not None:
            raise UsageError("--bundle_description is of no use without --save_generator_bundle")
    formats_of(values)
    check_temperature(values)
    if values.num_bars and not values["num_steps"].using_default_value:
        raise UsageError("--num_bars and --num_steps both say how long: expected one of them")
    if values.training_melodies == NOTHING and values.max_copied_bars is not None:
        raise UsageError(f"--max_copied_bars is of no use with --training_melodies={NOTHING}")
    if values.top_p is not None and not 0 < values.top_p <= 1:
        raise UsageError(f"--top_p: expected a number above 0, at most 1, got {values.top_p}")
    check_qpm(values.qpm, "--qpm: ")
    check_html(values)
