"""`load_model`, and the model that it gives: it writes melodies, and says how likely others are."""

from __future__ import annotations

import dataclasses
import operator
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import numpy as np
from note_seq.protobuf import music_pb2
from numpy.typing import NDArray

from melodeon.api.errors import ArgumentError, MelodeonError, speaks_of_arguments
from melodeon.api.music_files import encoded
from melodeon.commands.flags import HIGHEST_SEED, check_qpm
from melodeon.generation import scoring
from melodeon.generation.scoring import Score
from melodeon.melody_rnn.configs import FAMILY, MelodyRnnConfig
from melodeon.melody_rnn.generation import continuation, outputs, searching
from melodeon.melody_rnn.generation import primer as primers
from melodeon.melody_rnn.generation.plan import Plan
from melodeon.melody_rnn.generation.primer import Primer
from melodeon.melody_rnn.generation.searching import Asked
from melodeon.melody_rnn.generation.wishes import Output, Wishes
from melodeon.melody_rnn.likelihood.scores import ANY_MELODY
from melodeon.melody_rnn.model import network_of
from melodeon.music.melody import Melody
from melodeon.music.notation.key_names import parse_key
from melodeon.music.notation.meter import Meter
from melodeon.music.sequence_melodies import MelodyRules, find_melodies
from melodeon.networks.hparams_text import value_to_text
from melodeon.trained_models import opening
from melodeon.trained_models.choice import Flags
from melodeon.trained_models.trained_model import TrainedModel
from melodeon.writers.flags import ABC, MIDI, MUSICXML
from melodeon.writers.formats import FORMATS

_HIGHEST_PROGRAM = 127
_NUM_STEPS, _QPM = Asked().num_steps, 120.0

_Value = TypeVar("_Value")


@speaks_of_arguments(run_dir="path", bundle_file="path")
def load_model(
    path: str | os.PathLike[str],
    *,
    config: str | None = None,
    hparams: Mapping[str, object] | None = None,
) -> Model:
    """Loads a trained model of Melody RNN.

        model = melodeon.load_model("attention_rnn.mag")

    Args:
      path: a run directory, of which the checkpoint with the lowest eval loss is taken, or else the
        last one; or a bundle (.mag). Either may be Magenta's.
      config: the name of the config, for a model that does not say it itself: some of Magenta's.
      hparams: hyperparameters other than the config's, likewise: {"attn_length": 20}.

    Raises:
      ArgumentError: The arguments contradict the model, or lack what it does not tell.
      MelodeonError: There is no such model, or it cannot be read.
    """
    name = os.fspath(path)
    is_folder = os.path.isdir(name)
    if not is_folder and not os.path.exists(name):
        raise MelodeonError(f"{name}: expected a run directory or a bundle, found nothing there")
    trained, found = opening.open_model(
        FAMILY,
        run_dir=name if is_folder else None,
        bundle_file=None if is_folder else name,
        flags=Flags(config, hparams_text(hparams)),
    )
    return Model(trained, found)


def hparams_text(hparams: Mapping[str, object] | None) -> str:
    """Hyperparameters as --hparams takes them: {"attn_length": 20} -> "attn_length=20"."""
    values = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in (hparams or {}).items()
    }
    return ",".join(f"{name}={value_to_text(value)}" for name, value in values.items())


@dataclasses.dataclass(frozen=True)
class GeneratedMelody:
    """A melody that a model wrote.

    Attributes:
      note_sequence: the music, in seconds.
      log_likelihood: natural logarithm of the probability of all its steps after the first, the
        primer's as well, at the temperature of the call; of tune_rnn, of all events after the
        heading. Where only some pitches may follow, it is that among these.
      seed: that of the call: the same one gives the same melodies again.
    """

    note_sequence: music_pb2.NoteSequence
    log_likelihood: float
    seed: int

    def midi(self) -> bytes:
        """The bytes of a MIDI file."""
        return encoded(self.note_sequence, FORMATS[MIDI])

    def abc(self) -> str:
        """The text of an ABC file.

        Raises:
          MelodeonError: The melody cannot be written on paper.
        """
        return encoded(self.note_sequence, FORMATS[ABC]).decode()

    def musicxml(self) -> str:
        """The text of a MusicXML file.

        Raises:
          MelodeonError: The melody cannot be written on paper.
        """
        return encoded(self.note_sequence, FORMATS[MUSICXML]).decode()


class Model:
    """A trained model, which `load_model` and `train` give. It needs no TensorFlow.

    Attributes:
      config: the name of its config, such as "attention_rnn".
      path: the checkpoint or bundle that it comes from.
    """

    def __init__(self, trained: TrainedModel, config: MelodyRnnConfig) -> None:
        self.config, self.path = config.name, trained.path
        self._trained, self._config = trained, config
        self._network = opening.open_network(trained, network_of(config))

    def __repr__(self) -> str:
        """Such as `<Model attention_rnn of run/best/model.ckpt-900>`."""
        return f"<Model {self.config} of {self.path}>"

    @speaks_of_arguments(primer_melody="primer")
    def generate(
        self,
        num_outputs: int = 10,
        *,
        primer: music_pb2.NoteSequence | Sequence[int] | None = None,
        num_steps: int | None = None,
        num_bars: int | None = None,
        end: bool = False,
        lowest: str | None = None,
        highest: str | None = None,
        in_scale: bool = False,
        temperature: float = 1.0,
        top_p: float | None = None,
        beam_size: int = 1,
        branch_factor: int = 1,
        seed: int | None = None,
        qpm: float | None = None,
        meter: str | None = None,
        key: str | None = None,
        program: int | None = None,
        without_primer: bool = False,
    ) -> list[GeneratedMelody]:
        """Generates melodies that continue a primer, as the command melody_rnn_generate does.

            melodies = model.generate(3, primer=[60, -2, 64, -2, 67, -2], seed=1)

        Args:
          num_outputs: how many melodies.
          primer: a NoteSequence, of which the first instrument up to a change of time counts; or
            events, one a step: -2 is no event, -1 note off, 0 to 127 a pitch. If not given, a
            middle C; of tune_rnn, nothing.
          num_steps: length of each melody in steps, 4 a quarter, primer included; if not given,
            128, or what num_bars says.
          num_bars: length of each melody in bars, primer included, instead of num_steps.
          end: whether each tune ends on its tonic at the end of a bar: after num_bars, or where the
            network says, after num_steps at the latest. Of tune_rnn only.
          lowest: the lowest pitch after the primer, such as "G3"; "C4" is middle C.
          highest: the highest one, likewise.
          in_scale: whether only pitches of the key's signature come after the primer.
          temperature: above 1 more random, below 1 less.
          top_p: takes each event from the likeliest that have this share of the probability
            together. If not given, 0.98 where there is a beam, else 1, which is from all.
          beam_size: stochastic beam search: melodies that are kept for each output.
          branch_factor: stochastic beam search: candidates that each of them goes on as.
          seed: 0 to 2**32 - 1; if not given, it is drawn, and each melody has it.
          qpm: quarters a minute; if not given, those of the primer, or 120.
          meter: such as "6/8"; if not given, that of the primer, or 4/4.
          key: such as "D", "F#m" or "Ador"; if not given, that of the primer. Without a primer the
            music is in it.
          program: MIDI program, 0 to 127; if not given, that of the primer, or a piano.
          without_primer: whether the primer is left out of what is written.

        Raises:
          ArgumentError: An argument is out of its range, is none for such a model, or the primer
            does not fit.
          MelodeonError: The primer has no melody, or the network's output is no number.
        """
        asked = Asked(
            num_outputs=num_outputs, num_steps=_NUM_STEPS if num_steps is None else num_steps,
            num_bars=num_bars, end=end, lowest=lowest, highest=highest, in_scale=in_scale,
            temperature=temperature, top_p=top_p, beam_size=beam_size, branch_factor=branch_factor,
        )
        _check(asked, num_steps=num_steps, seed=seed, program=program)
        asked_meter, asked_key = _parsed("meter", _meter, meter), _parsed("key", parse_key, key)
        begun = _primer_of(primer, asked, self._config)
        tempo = _tempo(qpm, begun)
        plan = continuation.plan_of(asked, begun, self._config, asked_meter, asked_key)
        sound = outputs.sound_of(
            dataclasses.replace(begun, melody=plan.primer), plan.heading, qpm=tempo,
            program=begun.program if program is None else program,
            without_primer=without_primer,
        )
        drawn = secrets.randbits(32) if seed is None else seed
        return [
            GeneratedMelody(
                outputs.to_sequence(self._melody(output, plan), sound, f"Melody {number}"),
                output.log_likelihood,
                drawn,
            )
            for number, output in enumerate(self._search(asked, plan, drawn), 1)
        ]

    def _search(self, asked: Asked, plan: Plan, seed: int) -> list[Output]:
        try:
            options = searching.options_of(asked, plan.heading.meter)
        except ValueError as error:  # It names the option, which is called as the argument is.
            raise ArgumentError(str(error)) from error
        wishes = Wishes(
            meter=plan.heading.meter, are_distinct=searching.is_stochastic(asked),
            melody_of=self._config.codec.melody_of,
        )
        return continuation.search(
            asked, self._trained, self._config, plan, seed, options, wishes
        )

    def _melody(self, output: Output, plan: Plan) -> Melody:
        """What an output is, as it is written."""
        return self._config.codec.melody_of(output.events).transpose(plan.moved)

    @speaks_of_arguments()
    def log_likelihood(self, sequences: Iterable[music_pb2.NoteSequence]) -> list[Score]:
        """The likelihood of the melodies in each NoteSequence.

            (score,) = model.log_likelihood(melodeon.read("tune.abc"))

        As the command melody_rnn_log_likelihood: each melody is brought into the model's key and
        range, and counts from its second event on; of tune_rnn, whose events are lengths and
        pitches, from what follows the heading.

        Args:
          sequences: music in seconds; melodies of whatever length count, tracks with chords do not.

        Returns:
          For each NoteSequence the sum over its melodies: `log_likelihood`, to the base e;
          `num_steps`, the events that count, 0 where there is no melody; and
          `perplexity_per_step`, None then.
        """
        events_of = [list(self._events_in(sequence)) for sequence in sequences]
        events = [events for events_of_one in events_of for events in events_of_one]
        scores = iter(scoring.score_sequences(self._config.codec, self._network, events))
        return [_sum([next(scores) for _ in events_of_one]) for events_of_one in events_of]

    def _events_in(self, sequence: music_pb2.NoteSequence) -> Iterator[NDArray[np.int64]]:
        """The events of each melody in a NoteSequence: int64[n]."""
        codec = self._config.codec
        pieces, _ = find_melodies(sequence, codec.rules(MelodyRules(extraction=ANY_MELODY)))
        for found in pieces:
            if codec.takes_meter(found.piece.meter):
                for melody in found.melodies:
                    yield codec.events_in(melody, found.piece.meter, sequence)


def _sum(scores: Sequence[Score]) -> Score:
    return Score(
        sum(score.log_likelihood for score in scores), sum(score.num_steps for score in scores)
    )


def _check(
    asked: Asked, *, num_steps: int | None, seed: int | None, program: int | None
) -> None:
    """Refuses what no model can be asked for."""
    if asked.num_bars is not None and num_steps is not None:
        raise ArgumentError("num_bars and num_steps both say how long: expected one of them")
    _check_range("num_outputs", asked.num_outputs, 1)
    _check_range("num_steps", num_steps, 2)
    _check_range("num_bars", asked.num_bars, 1)
    _check_range("seed", seed, 0, HIGHEST_SEED)
    _check_range("program", program, 0, _HIGHEST_PROGRAM)


def _check_range(name: str, value: int | None, lowest: int, highest: int | None = None) -> None:
    if value is None or lowest <= value and (highest is None or value <= highest):
        return
    expected = f"{lowest} or more" if highest is None else f"{lowest} to {highest}"
    raise ArgumentError(f"{name}: expected {expected}, got {value}")


def _parsed(name: str, parse: Callable[[str], _Value], text: str | None) -> _Value | None:
    try:
        return None if text is None else parse(text)
    except ValueError as error:
        raise ArgumentError(f"{name}: {error}") from error


def _meter(text: str) -> tuple[int, int]:
    meter = Meter.parse(text)
    return meter.numerator, meter.denominator


def _primer_of(
    given: music_pb2.NoteSequence | Sequence[int] | None, asked: Asked, config: MelodyRnnConfig
) -> Primer:
    num_steps = None if asked.num_bars else asked.num_steps
    if given is None:
        return primers.choose(melody=None, midi_file=None, abc_file=None)
    if isinstance(given, music_pb2.NoteSequence):
        finest = continuation.steps_per_quarter(config)
        return primers.from_sequence(given, "primer", num_steps, finest)
    try:
        events = [operator.index(event) for event in given]
    except TypeError as error:
        raise ArgumentError(
            "primer: expected a NoteSequence, or events such as [60, -2, 62], got "
            f"{type(given).__name__}: {error}"
        ) from error
    return primers.from_events(events, num_steps)


def _tempo(qpm: float | None, begun: Primer) -> float:
    if qpm is not None:
        check_qpm(qpm, "qpm: ")
        return float(qpm)
    if begun.qpm is None:
        return _QPM
    check_qpm(begun.qpm, "the primer's tempo can be replaced with qpm: ")
    return begun.qpm
