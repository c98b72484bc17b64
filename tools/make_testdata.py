"""The makers of testdata/midi, testdata/musicxml and testdata/broken, from testdata/tunes.

    .venv/bin/python tools/make_testdata.py [folder]

Run again it writes the same bytes. Without a folder it writes into testdata/ itself. Times inside
are in quarter notes (exact fractions) until the moment a MIDI tick or a MusicXML division is due.
"""

from __future__ import annotations

import argparse
import dataclasses
import functools
import io
import pathlib
import struct
import zipfile
from collections.abc import Iterable, Sequence
from fractions import Fraction
from xml.etree import ElementTree

import mido

import melodeon  # noqa: F401  makes note_seq light

# isort: split
from note_seq import abc_parser

TESTDATA = pathlib.Path(__file__).resolve().parent.parent / "testdata"
TICKS_PER_QUARTER = 480
DRUM_CHANNEL = 9  # MIDI counts channels from 0, people from 1
SUSTAIN_PEDAL = 64
KICK, SNARE, HIHAT = 36, 38, 42

DIVISIONS = 4  # MusicXML's, of a quarter note
NOTE_TYPES = {1: "16th", 2: "eighth", 3: "eighth", 4: "quarter", 6: "quarter", 8: "half",
              12: "half", 16: "whole"}  # by length in divisions
CONTAINER = b"""<?xml version="1.0" encoding="UTF-8"?>
<container><rootfiles><rootfile full-path="score.xml"
  media-type="application/vnd.recordare.musicxml+xml"/></rootfiles></container>
"""

# Fifths of the signature (MusicXML) and name of the major key with it (MIDI) of the modes used.
SIGNATURES = {"C": (0, "C"), "Ddor": (0, "C"), "Am": (0, "Am"), "G": (1, "G"), "Em": (1, "Em"),
              "Dmix": (1, "G"), "D": (2, "D"), "Edor": (2, "D"), "A": (3, "A"), "F": (-1, "F"),
              "Dm": (-1, "Dm"), "Bb": (-2, "Bb"), "Eb": (-3, "Eb")}


# A MIDI message and the quarter note that it stands at.
Event = tuple[Fraction, mido.Message | mido.MetaMessage]


@dataclasses.dataclass(frozen=True)
class Note:
    """One note; start and length in quarter notes."""

    start: Fraction
    length: Fraction
    pitch: int


@dataclasses.dataclass(frozen=True)
class Tune:
    """A melody with what a score says at its head; repeats are not played out."""

    title: str
    notes: tuple[Note, ...]
    meter: tuple[int, int]
    key: str
    qpm: float = 120.0

    @property
    def bar(self) -> Fraction:
        """Length of a bar in quarter notes."""
        return Fraction(4 * self.meter[0], self.meter[1])

    @property
    def end(self) -> Fraction:
        """The end of the last note, in quarter notes."""
        return self.notes[-1].start + self.notes[-1].length

    def bars(self, first: int, last: int) -> Tune:
        """The bars from `first` to before `last`, moved to the beginning."""
        begin, end = first * self.bar, last * self.bar
        kept = tuple(Note(note.start - begin, note.length, note.pitch)
                     for note in self.notes if begin <= note.start < end)
        return dataclasses.replace(self, notes=kept)

    def transposed(self, semitones: int, key: str) -> Tune:
        """The same tune so many semitones higher."""
        moved = tuple(Note(note.start, note.length, note.pitch + semitones) for note in self.notes)
        return dataclasses.replace(self, notes=moved, key=key)


@functools.cache
def tune(book: str, number: int, pickup: Fraction = Fraction(0)) -> Tune:
    """Reads one tune of testdata/tunes; a pickup (its length) is put at the end of a bar."""
    text = (TESTDATA / "tunes" / f"{book}.abc").read_text()
    sequence = abc_parser.parse_abc_tunebook(text)[0][number]
    key = text.split(f"X:{number}\n")[1].split("\nK:")[1].split("\n")[0]
    qpm = sequence.tempos[0].qpm if sequence.tempos else 120.0
    meter = (sequence.time_signatures[0].numerator, sequence.time_signatures[0].denominator)
    offset = Fraction(4 * meter[0], meter[1]) - pickup if pickup else Fraction(0)

    def quarters(seconds: float) -> Fraction:
        return Fraction(round(seconds * qpm / 60 * 48), 48)

    notes = tuple(Note(quarters(note.start_time) + offset,
                       quarters(note.end_time) - quarters(note.start_time), note.pitch)
                  for note in sequence.notes)
    return Tune(sequence.sequence_metadata.title, notes, meter, key, qpm)


def conductor(piece: Tune, start: Fraction = Fraction(0)) -> list[Event]:
    """Tempo, meter and key signature of a piece."""
    numerator, denominator = piece.meter
    return [
        (start, mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(piece.qpm))),
        (start, mido.MetaMessage("time_signature", numerator=numerator, denominator=denominator)),
        (start, mido.MetaMessage("key_signature", key=SIGNATURES[piece.key][1])),
    ]


def note_events(notes: Iterable[Note], channel: int = 0, velocity: int = 90,
                start: Fraction = Fraction(0)) -> list[Event]:
    """Note-ons and note-offs."""
    events: list[Event] = []
    for note in notes:
        on = mido.Message("note_on", channel=channel, note=note.pitch, velocity=velocity)
        off = mido.Message("note_off", channel=channel, note=note.pitch, velocity=0)
        events += [(start + note.start, on), (start + note.start + note.length, off)]
    return events


def bass_notes(piece: Tune, tonic: int) -> list[Note]:
    """Tonic and fifth, half a bar each."""
    half = piece.bar / 2
    return [Note(n * half, half, tonic if n % 2 == 0 else tonic + 7)
            for n in range(int(piece.end / half))]


def drum_notes(piece: Tune) -> list[Note]:
    """A hi-hat on every quarter, with the bass drum and the snare drum in turn."""
    return [Note(Fraction(n), Fraction(1, 2), pitch) for n in range(int(piece.end))
            for pitch in (HIHAT, KICK if n % 2 == 0 else SNARE)]


def track(name: str, events: Sequence[Event], program: int | None = None,
          channel: int = 0) -> mido.MidiTrack:
    """Orders events by tick (a note ends before the next begins) and writes their distances."""
    def rank(event: Event) -> tuple[int, int]:
        order = {"note_off": 1, "note_on": 3}.get(event[1].type, 2)
        return round(event[0] * TICKS_PER_QUARTER), 0 if event[1].is_meta else order

    result = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
    if program is not None:
        result.append(mido.Message("program_change", channel=channel, program=program))
    now = 0
    for event in sorted(events, key=rank):
        tick = rank(event)[0]
        result.append(event[1].copy(time=tick - now))
        now = tick
    result.append(mido.MetaMessage("end_of_track"))
    return result


def midi(*tracks: mido.MidiTrack) -> bytes:
    """A file of format 0 for one track, of format 1 for several."""
    file = mido.MidiFile(type=0 if len(tracks) == 1 else 1, ticks_per_beat=TICKS_PER_QUARTER)
    file.tracks.extend(tracks)
    stream = io.BytesIO()
    file.save(file=stream)
    return stream.getvalue()


def one_track(piece: Tune, *more: Event) -> bytes:
    """Format 0: everything in one track."""
    return midi(track(piece.title, [*conductor(piece), *note_events(piece.notes), *more], 73))


def with_bass(piece: Tune, tonic: int) -> bytes:
    """Format 1: a conductor track, the melody and a bass under it."""
    return midi(track(piece.title, conductor(piece)),
                track("Melody", note_events(piece.notes), 40),
                track("Bass", note_events(bass_notes(piece, tonic), 1, 70), 32, 1))


def with_drums(piece: Tune, tonic: int) -> bytes:
    """Format 1: melody, bass and drums."""
    return midi(track(piece.title, conductor(piece)),
                track("Melody", note_events(piece.notes), 22),
                track("Bass", note_events(bass_notes(piece, tonic), 1, 70), 32, 1),
                track("Drums", note_events(drum_notes(piece), DRUM_CHANNEL, 80)))


def two_channels(piece: Tune, tonic: int) -> bytes:
    """Format 0: melody and bass in one track, told apart by their channels."""
    return one_track(piece, *note_events(bass_notes(piece, tonic), 1, 70),
                     (Fraction(0), mido.Message("program_change", channel=1, program=32)))


def tempo_change(piece: Tune, bar: int, qpm: float) -> bytes:
    """Format 1: another tempo from a bar on."""
    faster = (bar * piece.bar, mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(qpm)))
    return midi(track(piece.title, [*conductor(piece), faster]),
                track("Melody", note_events(piece.notes), 73))


def one_after_another(title: str, first: Tune, second: Tune) -> bytes:
    """Format 1: two tunes, the second in another meter and key."""
    return midi(track(title, conductor(first) + conductor(second, first.end)),
                track("Melody", note_events(first.notes)
                      + note_events(second.notes, start=first.end), 40))


def bent(piece: Tune) -> bytes:
    """Format 0: every note as long as a dotted quarter or longer slides up from below."""
    events: list[Event] = []
    for note in piece.notes:
        if note.length >= Fraction(3, 2):
            events += [(note.start + Fraction(step, 8),
                        mido.Message("pitchwheel", pitch=-1024 * (4 - step))) for step in range(5)]
    return one_track(piece, *events)


def pedalled(piece: Tune) -> bytes:
    """Format 0: the pedal goes down with each bar and up just before the next."""
    return one_track(piece, *(
        (bar * piece.bar + place,
         mido.Message("control_change", control=SUSTAIN_PEDAL, value=value))
        for bar in range(int(piece.end / piece.bar))
        for place, value in ((Fraction(0), 127), (piece.bar - Fraction(1, 4), 0))))


def chordal(piece: Tune, roots: str) -> bytes:
    """Format 0: under each bar the triad on one of the roots, on the melody's own channel."""
    triads = {"D": (50, 54, 57), "A": (45, 52, 57), "G": (43, 50, 55)}
    chords = [Note(bar * piece.bar, piece.bar, pitch)
              for bar, root in enumerate(roots) for pitch in triads[root]]
    return one_track(dataclasses.replace(piece, title=f"{piece.title}, in chords"),
                     *note_events(chords, velocity=60))


def bugle_call() -> Tune:
    """Sixteen bars of a bugle call on three pitches."""
    rhythm = ((67, 2), (72, 1), (76, 1), (76, 2), (72, 2), (67, 1), (67, 1), (72, 2), (76, 4))
    notes: list[Note] = []
    now = Fraction(0)
    for pitch, quarters in rhythm * 4:
        notes.append(Note(now, Fraction(quarters), pitch))
        now += quarters
    return Tune("Bugle Call on Three Pitches", tuple(notes), (4, 4), "C", 100.0)


def midi_files() -> dict[str, bytes]:
    """All of testdata/midi by name."""
    kesh, butterfly = tune("jigs", 1), tune("slip_jigs", 1)
    kincora = dataclasses.replace(kesh, title="The Kincora Jig", qpm=120.0)
    return {
        "kesh.mid": one_track(kesh),
        "kesh_in_a.mid": one_track(kesh.transposed(2, "A")),
        "kincora_jig.mid": with_bass(kincora, 43),
        "butterfly.midi": one_track(butterfly),
        "soldiers_joy_bass.mid": with_bass(tune("reels", 3, Fraction(1)), 38),
        "drowsy_maggie_drums.mid": with_drums(tune("reels", 2), 40),
        "rakes_of_mallow_two_channels.mid": two_channels(tune("polkas", 4), 43),
        "swallowtail_tempo_change.mid": tempo_change(tune("jigs", 4), 8, 168),
        "kesh_to_miss_mcleods_meter_change.mid": one_after_another(
            "The Kesh and Miss McLeod's", kesh, tune("reels", 6)),
        "skye_boat_song_pitch_bend.mid": bent(tune("airs", 4)),
        "londonderry_air_pedal.mid": pedalled(tune("airs", 3, Fraction(3, 2))),
        "ode_to_joy_chords.mid": chordal(tune("airs", 6), "DADADADDADADDADD"),
        "swallowtail_three_bars.mid": one_track(tune("jigs", 4).bars(0, 3)),
        "bugle_call_few_pitches.mid": one_track(bugle_call()),
        **odd_midi_files(),
    }


def odd_midi_files() -> dict[str, bytes]:
    """Middle C for a quarter beside something that few files hold, written byte by byte."""
    note = bytes.fromhex("00 90 3C 5A  83 60 80 3C 00")
    return {
        "zero_length_note.mid": raw_midi(
            bytes.fromhex("00 90 3C 5A  00 90 3C 32  00 80 3C 00  83 60 80 3C 00")),
        "two_programs_one_channel.mid": raw_midi(
            bytes.fromhex("00 B0 07 64  00 C0 28") + note
            + bytes.fromhex("00 C0 49  00 B0 07 50") + note),
        "long_delta_time.mid": raw_midi(bytes.fromhex("80 80 80 80 80") + note),
        "running_status_of_system_message.mid": raw_midi(
            bytes.fromhex("00 F1 10  00 20") + note),
        "no_tempo_in_second_track.mid": raw_midi(note, bytes.fromhex("00 FF 51 03 00 00 00")),
        "smpte_without_notes.mid": raw_midi(b"", division=-25 * 256 + 40),
    }


def raw_midi(*tracks: bytes, division: int = TICKS_PER_QUARTER) -> bytes:
    """A file of format 1 out of the bytes of its events, each track's end apart."""
    bodies = [track + bytes.fromhex("00 FF 2F 00") for track in tracks]
    return struct.pack(">4sIhhh", b"MThd", 6, 1, len(tracks), division) + b"".join(
        b"MTrk" + struct.pack(">I", len(body)) + body for body in bodies)


def _element(parent: ElementTree.Element, path: str, text: object = None,
             **attributes: str) -> ElementTree.Element:
    """Adds nested elements ("a/b") and returns the innermost."""
    *outer, name = path.split("/")
    for step in outer:
        parent = ElementTree.SubElement(parent, step)
    child = ElementTree.SubElement(parent, name, attributes)
    child.text = None if text is None else str(text)
    return child


def _add_note(measure: ElementTree.Element, note: Note, fifths: int) -> None:
    # Flat signatures spell a black key as a flat, the others as a sharp.
    names = "C Db D Eb E F Gb G Ab A Bb B" if fifths < 0 else "C C# D D# E F F# G G# A A# B"
    name = names.split()[note.pitch % 12]
    duration = int(note.length * DIVISIONS)
    element = _element(measure, "note")
    pitch = _element(element, "pitch")
    _element(pitch, "step", name[0])
    if len(name) > 1:
        _element(pitch, "alter", -1 if name[1] == "b" else 1)
    _element(pitch, "octave", note.pitch // 12 - 1)
    _element(element, "duration", duration)
    _element(element, "voice", 1)
    _element(element, "type", NOTE_TYPES[duration])
    if duration in (3, 6, 12):
        _element(element, "dot")


def _add_head(measure: ElementTree.Element, piece: Tune) -> None:
    attributes = _element(measure, "attributes")
    _element(attributes, "divisions", DIVISIONS)
    key = _element(attributes, "key")
    _element(key, "fifths", SIGNATURES[piece.key][0])
    _element(key, "mode", "dorian" if piece.key.endswith("dor") else "major")
    time = _element(attributes, "time")
    _element(time, "beats", piece.meter[0])
    _element(time, "beat-type", piece.meter[1])
    direction = _element(measure, "direction")
    metronome = _element(direction, "direction-type/metronome")
    _element(metronome, "beat-unit", "quarter")
    _element(metronome, "per-minute", f"{piece.qpm:g}")
    _element(direction, "sound", tempo=f"{piece.qpm:g}")


def musicxml(piece: Tune) -> bytes:
    """A score of one part."""
    score = ElementTree.Element("score-partwise", version="3.1")
    _element(score, "work/work-title", piece.title)
    _element(score, "identification/creator", "Trad.", type="composer")
    part_list = _element(score, "part-list")
    _element(_element(part_list, "score-part", id="P1"), "part-name", "Melody")
    part = _element(score, "part", id="P1")
    for number in range(int(piece.end / piece.bar)):
        measure = _element(part, "measure", number=str(number + 1))
        if number == 0:
            _add_head(measure, piece)
        for note in piece.bars(number, number + 1).notes:
            _add_note(measure, note, SIGNATURES[piece.key][0])
    ElementTree.indent(score)
    return ElementTree.tostring(score, encoding="utf-8", xml_declaration=True) + b"\n"


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip archive that is the same whenever and wherever it is made: stored, dated 1980."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            information = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            information.create_system = 3  # Unix, whatever the system it is made on
            archive.writestr(information, content)
    return stream.getvalue()


def mxl(score: bytes) -> bytes:
    """Compressed MusicXML: the score and the container file that names it."""
    return zipped({"META-INF/container.xml": CONTAINER, "score.xml": score})


def musicxml_files() -> dict[str, bytes]:
    """All of testdata/musicxml by name."""
    return {
        "yankee_doodle.xml": musicxml(tune("polkas", 6)),
        "skye_boat_song.mxl": mxl(musicxml(tune("airs", 4))),
        "scarborough_fair.musicxml": musicxml(tune("waltzes", 3)),
    }


def broken_files() -> dict[str, bytes]:
    """All of testdata/broken by name."""
    kesh = one_track(tune("jigs", 1))
    score = musicxml(tune("polkas", 6))
    return {
        "empty.mid": b"",
        "not_midi.mid": b"This is a line of text.\n",
        "truncated.mid": kesh[: len(kesh) // 2],
        "bad_chunk.mid": kesh.replace(b"MTrk", b"XXXX"),
        "empty.abc": b"",
        "not_music.abc": b"Dear reader,\n\nthere is no tune in this letter.\n",
        "no_key.abc": b"X:1\nT:A Tune without a Key\nM:6/8\nL:1/8\nG3 GAB|A3 ABd|edd gdd|\n",
        "binary.abc": bytes(range(128, 256)),
        "empty.xml": b"",
        "not_xml.xml": b"This is a line of text.\n",
        "unclosed.xml": score[: len(score) // 20],
        "no_score.xml": b"<?xml version='1.0'?>\n<recipe><salt>a pinch</salt></recipe>\n",
        "not_a_zip.mxl": b"This is a line of text.\n",
        "no_container.mxl": zipped({"score.xml": score[:400]}),
        "missing_score.mxl": zipped({"META-INF/container.xml": CONTAINER}),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Writes every file into the folder named, or into testdata/."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=pathlib.Path, default=TESTDATA)
    folder: pathlib.Path = parser.parse_args(arguments).folder
    made = {"midi": midi_files(), "musicxml": musicxml_files(), "broken": broken_files()}
    for name, files in made.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        for file_name, content in files.items():
            (folder / name / file_name).write_bytes(content)


if __name__ == "__main__":
    main()
