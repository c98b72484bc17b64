"""The work of melody_rnn_generate: a trained model in, melodies that continue a primer out.

The model comes from a run directory, a checkpoint or a bundle; all outputs are searched at once
(generation/beam_search.py).
"""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Sequence

from absl import flags

from melodeon.commands.command_line import logger
from melodeon.commands.files import output_dir
from melodeon.commands.flags import check_qpm, seed_of
from melodeon.commands.progress import Progress
from melodeon.commands.stamp import numbered
from melodeon.generation import beam_search
from melodeon.generation.candidates import EventModel
from melodeon.generation.coded_network import CodedNetwork
from melodeon.generation.steered_model import SteeredModel
from melodeon.melody_rnn.configs import FAMILY, MelodyRnnConfig
from melodeon.melody_rnn.generation import novelty, outputs, searching
from melodeon.melody_rnn.generation import primer as primers
from melodeon.melody_rnn.generation.plan import Plan, plan_melody
from melodeon.melody_rnn.generation.plan_tune import plan_tune
from melodeon.melody_rnn.generation.primer import Primer
from melodeon.melody_rnn.generation.wishes import Output, Wishes, search_until_met
from melodeon.melody_rnn.model import network_of
from melodeon.melody_rnn.tunes.codec import TuneCodec
from melodeon.music import pieces, tune
from melodeon.music.melody import Melody
from melodeon.music.notation.key_names import key_name
from melodeon.music.notation.keys import Key
from melodeon.music.sequence_melodies import MelodyRules
from melodeon.proto.manifest_pb2 import GeneratedFile, GenerationManifest
from melodeon.records import manifest as manifests
from melodeon.trained_models import opening, run_directory
from melodeon.trained_models.flags import flags_of, sources_of
from melodeon.trained_models.trained_model import TrainedModel
from melodeon.writers.flags import formats_of
from melodeon.writers.formats import written_lines
from melodeon.writers.heading import asked_key, asked_meter


def generate(values: flags.FlagValues) -> None:
    """Writes the melodies and their manifest.

    Args:
      values: the flags of generate_flags.py, checked.

    Raises:
      UsageError: when the primer does not fit the other flags or the model, or flags and model
        contradict each other.
      WorkError: when a file cannot be read or written, or the network's output is not a number.
    """
    asked = asked_meter(values), asked_key(values)
    trained, config = opening.open_model(FAMILY, **sources_of(values), flags=flags_of(values))
    primer = _primer(values, config)
    qpm = _qpm(values, primer)
    plan = plan_of(values, primer, config, *asked)
    with output_dir(values.output_dir) as folder:
        sound = outputs.sound_of(
            dataclasses.replace(primer, melody=plan.primer), plan.heading, qpm=qpm,
            program=primer.program if values.program is None else values.program,
            without_primer=values.without_primer,
        )
        manifest = _manifest(values, primer, sound, plan)
        manifest.checkpoint = trained.path
        manifest.model.CopyFrom(run_directory.describe(FAMILY.name, config.name, config.hparams))
        melodies = _melodies(values, trained, config, plan, manifest)
        written = [melody.transpose(plan.moved) for melody in melodies]
        stamp = _write(folder, written, sound, formats_of(values), manifest)
        if values.html:
            # With what it is made with, which need not be installed.
            from melodeon.reports.music_page import page

            given = outputs.seconds_given(plan.primer, sound)
            page.write_page(folder, stamp, manifest, [given] * len(written))


def _primer(values: flags.FlagValues, config: MelodyRnnConfig) -> Primer:
    return primers.choose(
        melody=values.primer_melody,
        midi_file=values.primer_midi,
        abc_file=values.primer_abc,
        musicxml_file=values.primer_musicxml,
        num_steps=None if values.num_bars else values.num_steps,
        steps_per_quarter=steps_per_quarter(config),
    )


def steps_per_quarter(config: MelodyRnnConfig) -> int:
    """How fine the steps are that the notes of a primer come on."""
    is_tune = isinstance(config.codec, TuneCodec)
    return tune.STEPS_PER_QUARTER if is_tune else pieces.STEPS_PER_QUARTER


def plan_of(
    values: flags.FlagValues | searching.Asked, primer: Primer, config: MelodyRnnConfig,
    meter: tuple[int, int] | None, key: Key | None,
) -> Plan:
    """The plan for what a network of the config writes: melodies or tunes.

    Args:
      values: what is asked.
      primer: what is continued.
      config: the network's.
      meter: the one that is asked for, if any.
      key: likewise.

    Raises:
      UsageError: The primer does not fit, or what is asked for cannot be.
    """
    make = plan_tune if isinstance(config.codec, TuneCodec) else plan_melody
    return make(values, primer, config, meter, key)


def _melodies(
    values: flags.FlagValues, trained: TrainedModel, config: MelodyRnnConfig, plan: Plan,
    manifest: GenerationManifest,
) -> list[Melody]:
    """Melodies that go on from a primer, as the network says them; the manifest learns of each."""
    codec, meter = config.codec, plan.heading.meter
    known = novelty.known_to(values, codec.rules(MelodyRules()))
    if known:
        manifest.training_melodies = known.source
    wishes = Wishes(
        known, meter, values.max_copied_bars,
        are_distinct=searching.is_stochastic(values), melody_of=codec.melody_of,
    )
    seed = seed_of(values)
    options = searching.options_of(values, meter)
    found = search(values, trained, config, plan, seed, options, wishes)
    manifest.files.extend(output.entry(seed) for output in found)
    return [codec.melody_of(output.events) for output in found]


def _qpm(values: flags.FlagValues, primer: Primer) -> float:
    if primer.qpm is None or not values["qpm"].using_default_value:
        return float(values.qpm)
    check_qpm(primer.qpm, f"{primer.source}: the primer's tempo can be replaced with --qpm: ")
    return primer.qpm


def _manifest(
    values: flags.FlagValues, primer: Primer, sound: outputs.Sound, plan: Plan
) -> GenerationManifest:
    """What it says of all melodies."""
    heading = sound.heading
    options = searching.options_of(values, heading.meter)
    manifest = GenerationManifest(
        num_steps=plan.num_steps,
        temperature=values.temperature,
        beam_size=values.beam_size,
        branch_factor=values.branch_factor,
        steps_per_iteration=options.steps_per_iteration,
        top_p=options.top_p,
        qpm=sound.qpm,
        meter="{}/{}".format(*heading.meter),
        program=sound.program,
        primer=plan.primer.events.tolist(),
        primer_source=primer.source,
        without_primer=values.without_primer,
        primer_notes_left_out=primer.num_left_out,
        track_name=heading.name,
        formats=formats_of(values),
    )
    if options.width > 1:
        manifest.search = values.search
    if values.max_copied_bars is not None:
        manifest.max_copied_bars = values.max_copied_bars
    if heading.key:
        manifest.key = key_name(heading.key)
    if values.num_bars:
        manifest.num_bars = values.num_bars
    for name in ("end", "in_scale"):
        if values[name].value:
            setattr(manifest, name, True)
    for name in ("lowest", "highest"):
        if values[name].value is not None:
            setattr(manifest, name, values[name].value)
    return manifest


def search(
    values: flags.FlagValues | searching.Asked, trained: TrainedModel, config: MelodyRnnConfig,
    plan: Plan, seed: int, options: beam_search.BeamOptions, wishes: Wishes,
) -> list[Output]:
    """Searches for what is planned.

    Args:
      values: what is asked.
      trained: the model.
      config: of the model.
      plan: as `plan_of` makes it.
      seed: 0 to 2**32 - 1.
      options: as `searching.options_of` gives them.
      wishes: for each output.

    Raises:
      WorkError: the network's output is not a number, or the wishes cannot be met.
    """
    model: EventModel = CodedNetwork(
        config.codec, opening.open_network(trained, network_of(config))
    )
    if plan.rule:
        model = SteeredModel(model, plan.rule)
    num_new = plan.num_events - len(plan.events)

    def attempted(numbers: Sequence[int], attempt: int) -> beam_search.SearchResult:
        label = "Searching on" if attempt else "Generating"
        with (
            Progress(label, len(numbers) * num_new, unit="step") as progress,
            opening.clear_divergence(trained.path),
        ):
            return beam_search.search_outputs(
                model, plan.events, plan.num_events,
                num_outputs=values.num_outputs, seed=seed, options=options, numbers=numbers,
                attempt=attempt, how=searching.search_of(values), on_step=progress.update,
            )

    return search_until_met(attempted, values.num_outputs, len(plan.primer), wishes)


def _write(
    folder: pathlib.Path, melodies: Sequence[Melody], sound: outputs.Sound, formats: Sequence[str],
    manifest: GenerationManifest,
) -> str:
    """Writes the melodies and the manifest: the stamp of the files."""
    with manifests.new_outputs(folder, manifest, "melodies") as stamp:
        names = numbered(stamp, len(melodies))
        written = outputs.write_melodies(folder, names, melodies, sound, formats)
        for paths, file in zip(written, manifest.files, strict=True):
            manifests.set_paths(file, paths)
            logger.info("%s: log-likelihood %.6f%s", file.path, file.log_likelihood, _copy(file))
    for line in written_lines(written, folder):
        logger.info(line)
    return stamp


def _copy(file: GeneratedFile) -> str:
    """What a file's entry says of its longest copy, in words; empty where it says nothing."""
    if not file.HasField("copied_notes"):
        return ""
    if not file.copied_notes:
        return "; no two notes as in a training melody"
    bars = f"{file.copied_bars:.1f} bars"
    return f"; {file.copied_notes} notes ({bars}) as in {file.copied_from}"
