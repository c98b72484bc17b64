"""The collection in testdata/: what it covers, that its bars add up, that it can be remade."""

from __future__ import annotations

import dataclasses
import pathlib
import re
from collections.abc import Iterator
from fractions import Fraction

import pytest

# Before note_seq, which Melodeon makes light.
from melodeon.tools import make_testdata

# isort: split
from note_seq import abc_parser, midi_io, musicxml_reader
from note_seq.protobuf import music_pb2

TESTDATA = pathlib.Path(__file__).resolve().parent.parent / "testdata"
PLAIN_BOOKS = ("airs", "hornpipes", "jigs", "polkas", "reels", "slip_jigs", "waltzes")

# One symbol of ABC music code; what the bar lengths do not depend on has no name of its own.
_SYMBOL = re.compile(
    r"""(?P<field>\[[A-Za-z]:[^\]]*\])
      | (?P<bar>:*\|[|\]]?:*\s*\d?)
      | "[^"]*" | \{[^}]*\}
      | \((?P<tuplet>3)
      | (?P<note>(?:\[[^\]|]+\]|[_^=]*[A-Ga-gz][,']*)(?P<length>\d*/*\d*))
      | [~><\-\s]""",
    re.VERBOSE,
)


@dataclasses.dataclass
class Bar:
    """One bar as written: how long it is and should be, in whole notes, and the sign ending it."""

    meter: Fraction
    length: Fraction = Fraction(0)
    end: str = ""


@dataclasses.dataclass
class Tune:
    """One tune of a book: its header and the lines of its music."""

    book: str
    fields: dict[str, str]
    lines: list[str]

    @property
    def name(self) -> str:
        return f"{self.book} {self.fields['X']} {self.fields['T']}"


def _tunes(book: str) -> list[Tune]:
    sections = (TESTDATA / "tunes" / f"{book}.abc").read_text().split("\n\n")
    tunes = []
    for section in sections:
        if "X:" not in section:
            continue
        lines = section.strip().splitlines()
        key = next(n for n, line in enumerate(lines) if line.startswith("K:"))
        header = dict(line.split(":", 1) for line in lines[: key + 1])
        tunes.append(Tune(book, header, lines[key + 1 :]))
    return tunes


def _all_tunes(*books: str) -> list[Tune]:
    return [tune for book in books for tune in _tunes(book)]


def _length(text: str) -> Fraction:
    """Multiple of the unit note length: '' -> 1, '3' -> 3, '/' -> 1/2, '3/2' -> 3/2."""
    numerator, slashes, denominator = re.fullmatch(r"(\d*)(/*)(\d*)", text).groups()
    return Fraction(int(numerator or 1), int(denominator or 2 ** len(slashes)))


def _symbols(tune: Tune) -> Iterator[re.Match[str]]:
    for line in tune.lines:
        if re.match(r"[A-Za-z]:", line):  # a voice or a part begins
            continue
        position = 0
        while position < len(line):
            symbol = _SYMBOL.match(line, position)
            assert symbol, f"{tune.name}: {line[position:]!r}"
            position = symbol.end()
            yield symbol


def _sections(tune: Tune) -> Iterator[list[Bar]]:
    """The bars of a tune, section by section: a section ends at a repeat sign, || or |]."""
    unit = Fraction(tune.fields["L"])
    section = [Bar(Fraction(tune.fields["M"]))]
    triplet_notes = 0
    for symbol in _symbols(tune):
        bar = section[-1]
        if symbol["field"] and symbol["field"].startswith("[M:"):
            bar.meter = Fraction(symbol["field"][3:-1])
        elif symbol["tuplet"]:
            triplet_notes = 3
        elif symbol["note"]:
            share = Fraction(2, 3) if triplet_notes > 0 else 1
            triplet_notes -= 1
            bar.length += _length(symbol["length"]) * unit * share
        elif symbol["bar"] and bar.length:
            bar.end = symbol["bar"].strip()
            if set(bar.end) & set(":]") or "||" in bar.end:
                yield section
                section = []
            section.append(Bar(bar.meter))
    assert section == [Bar(section[0].meter)], f"{tune.name} ends without a double bar line"


def _missing(bar: Bar) -> Fraction:
    return bar.meter - bar.length


def _pickup(section: list[Bar]) -> Fraction:
    return section[0].length if _missing(section[0]) else Fraction(0)


def _read_book(book: str) -> tuple[dict[int, music_pb2.NoteSequence], list[Exception]]:
    return abc_parser.parse_abc_tunebook((TESTDATA / "tunes" / f"{book}.abc").read_text())


def test_at_least_forty_tunes_of_seven_kinds() -> None:
    counts = {book: len(_tunes(book)) for book in PLAIN_BOOKS}
    assert sum(counts.values()) >= 40
    assert min(counts.values()) >= 5


def test_meters_and_modes_are_covered() -> None:
    tunes = _all_tunes(*PLAIN_BOOKS)
    assert {tune.fields["M"] for tune in tunes} == {"2/4", "3/4", "4/4", "6/8", "9/8"}
    keys = {tune.fields["K"] for tune in tunes}
    assert {"G", "D", "C", "F", "Bb", "Eb", "Em", "Am", "Edor", "Ador", "Ddor", "Dmix"} <= keys


@pytest.mark.parametrize("book", [*PLAIN_BOOKS, "features"])
def test_headers_are_complete_and_numbers_unique(book: str) -> None:
    tunes = _tunes(book)
    for tune in tunes:
        assert set("XTCRMLK") <= set(tune.fields), tune.name
    assert [int(tune.fields["X"]) for tune in tunes] == list(range(1, len(tunes) + 1))


@pytest.mark.parametrize(
    "tune", _all_tunes(*PLAIN_BOOKS, "features"), ids=lambda tune: tune.name
)
def test_every_bar_adds_up(tune: Tune) -> None:
    sections = list(_sections(tune))
    for number, section in enumerate(sections):
        for place, bar in enumerate(section[1:-1], start=2):
            assert not _missing(bar), f"section {number + 1}, bar {place}"
        # What the last bar lacks is the pickup of the repeat or of what follows, and vice versa.
        previous, following = sections[number - 1], sections[(number + 1) % len(sections)]
        assert _missing(section[-1]) in (_pickup(section), _pickup(following)), number + 1
        if _pickup(section):
            assert _pickup(section) in (_missing(section[-1]), _missing(previous[-1])), number + 1


@pytest.mark.parametrize("tune", _all_tunes(*PLAIN_BOOKS), ids=lambda tune: tune.name)
def test_tunes_have_sixteen_bars_as_played(tune: Tune) -> None:
    played = sum(
        len(section) * (2 if section[-1].end.startswith(":") else 1)
        for section in _sections(tune)
    )
    assert played >= 16


@pytest.mark.parametrize("book", PLAIN_BOOKS)
def test_note_seq_reads_every_tune_of_the_plain_books(book: str) -> None:
    sequences, errors = _read_book(book)
    assert not errors
    assert len(sequences) == len(_tunes(book))
    for sequence in sequences.values():
        assert len({note.pitch for note in sequence.notes}) >= 5, sequence.sequence_metadata.title


# The first eight MIDI pitches of tunes that everyone knows, read off the page.
@pytest.mark.parametrize(
    ("book", "number", "pitches"),
    [
        ("jigs", 1, [67, 67, 69, 71, 69, 69, 71, 74]),  # The Kesh: G G A B A A B d
        ("jigs", 2, [74, 72, 71, 67, 67, 62, 67, 67]),  # Irish Washerwoman: d c B G G D G G
        ("reels", 1, [64, 71, 71, 69, 71, 64, 71, 71]),  # Cooley's: E B B A B E B B
        ("airs", 6, [66, 66, 67, 69, 69, 67, 66, 64]),  # Ode to Joy: F# F# G A A G F# E
        ("airs", 2, [60, 65, 65, 65, 69, 67, 65, 67]),  # Auld Lang Syne: C F F F A G F G
        ("slip_jigs", 1, [71, 64, 67, 64, 66, 71, 64, 67]),  # The Butterfly: B E G E F# B E G
        ("waltzes", 3, [62, 62, 69, 69, 64, 65, 64, 62]),  # Scarborough Fair: D D A A E F E D
    ],
)
def test_first_pitches(book: str, number: int, pitches: list[int]) -> None:
    sequences, _ = _read_book(book)
    assert [note.pitch for note in sequences[number].notes][:8] == pitches


def test_note_seq_reads_only_two_of_the_features() -> None:
    sequences, errors = _read_book("features")
    assert sorted(sequences) == [3, 6]
    assert len(errors) == 5


def _midi(name: str) -> music_pb2.NoteSequence:
    return midi_io.midi_to_note_sequence((TESTDATA / "midi" / name).read_bytes())


def _pitches(sequence: music_pb2.NoteSequence, instrument: int = 0) -> list[int]:
    return [note.pitch for note in sequence.notes if note.instrument == instrument]


def test_midi_formats() -> None:
    # Bytes 8 and 9 of a MIDI file hold its format, 10 and 11 the number of tracks.
    headers = {path.name: path.read_bytes()[8:12] for path in (TESTDATA / "midi").iterdir()}
    assert len(headers) >= 12
    assert headers["kesh.mid"] == b"\0\0\0\1"
    assert headers["soldiers_joy_bass.mid"] == b"\0\1\0\3"
    assert headers["drowsy_maggie_drums.mid"] == b"\0\1\0\4"


def test_midi_shows_what_it_is_for() -> None:
    assert any(note.is_drum for note in _midi("drowsy_maggie_drums.mid").notes)
    tempos = _midi("swallowtail_tempo_change.mid").tempos
    assert [round(tempo.qpm) for tempo in tempos] == [120, 168]
    meters = _midi("kesh_to_miss_mcleods_meter_change.mid").time_signatures
    assert [(meter.numerator, meter.denominator) for meter in meters] == [(6, 8), (4, 4)]
    assert {bend.bend for bend in _midi("skye_boat_song_pitch_bend.mid").pitch_bends} == {
        -4096, -3072, -2048, -1024, 0}
    pedal = _midi("londonderry_air_pedal.mid").control_changes
    assert {(change.control_number, change.control_value) for change in pedal} == {
        (64, 0), (64, 127)}
    chords = _midi("ode_to_joy_chords.mid").notes
    assert sorted(note.pitch for note in chords if note.start_time == 0) == [50, 54, 57, 66]
    assert _midi("swallowtail_three_bars.mid").total_time == pytest.approx(4.5)  # at 120 qpm
    assert set(_pitches(_midi("bugle_call_few_pitches.mid"))) == {67, 72, 76}
    two = _midi("rakes_of_mallow_two_channels.mid")
    assert _pitches(two)[:4] == [67, 71, 67, 71]
    assert _pitches(two, 1)[:4] == [43, 50, 43, 50]


def test_copies_of_the_kesh() -> None:
    kesh = _pitches(_midi("kesh.mid"))
    assert kesh[:8] == [67, 67, 69, 71, 69, 69, 71, 74]
    assert _pitches(_midi("kesh_in_a.mid")) == [pitch + 2 for pitch in kesh]
    assert _pitches(_midi("kincora_jig.mid")) == kesh
    assert round(_midi("kesh.mid").tempos[0].qpm, 2) == 172.5
    assert round(_midi("kincora_jig.mid").tempos[0].qpm, 2) == 120


@pytest.mark.parametrize(
    ("name", "seconds", "notes"),
    [
        # Pitch and length in quarters, at 120 quarters a minute.
        ("yankee_doodle.xml", 16.0, [(67, 0.5), (67, 0.5), (69, 0.5), (71, 0.5), (67, 0.5)]),
        ("skye_boat_song.mxl", 24.0, [(62, 0.75), (64, 0.25), (62, 0.5), (67, 1.0), (67, 0.5)]),
        ("scarborough_fair.musicxml", 27.0, [(62, 2.0), (62, 1.0), (69, 2.0), (69, 1.0), (64, 1)]),
    ],
)
def test_musicxml_holds_the_notes(
    name: str, seconds: float, notes: list[tuple[int, float]]
) -> None:
    path = TESTDATA / "musicxml" / name
    sequence = musicxml_reader.musicxml_file_to_sequence_proto(str(path))
    assert sequence.total_time == pytest.approx(seconds)
    quarters = [round((note.end_time - note.start_time) * 2, 6) for note in sequence.notes]
    pitches = [note.pitch for note in sequence.notes]
    assert list(zip(pitches, quarters, strict=True))[: len(notes)] == notes


def test_files_are_remade_byte_by_byte(tmp_path: pathlib.Path) -> None:
    make_testdata.main([str(tmp_path)])
    made = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
    assert made == {
        path.relative_to(TESTDATA)
        for folder in ("midi", "musicxml", "broken")
        for path in (TESTDATA / folder).iterdir()
    }
    for path in made:
        assert (tmp_path / path).read_bytes() == (TESTDATA / path).read_bytes(), path


@pytest.mark.parametrize("name", ["bad_chunk", "empty", "not_midi", "truncated"])
def test_broken_midi_is_refused(name: str) -> None:
    with pytest.raises(midi_io.MIDIConversionError):
        midi_io.midi_to_note_sequence((TESTDATA / "broken" / f"{name}.mid").read_bytes())


@pytest.mark.parametrize(
    "name",
    ["empty.xml", "not_xml.xml", "unclosed.xml", "not_a_zip.mxl", "no_container.mxl",
     "missing_score.mxl"],
)
def test_broken_musicxml_is_refused(name: str) -> None:
    with pytest.raises(musicxml_reader.MusicXMLConversionError):
        musicxml_reader.musicxml_file_to_sequence_proto(str(TESTDATA / "broken" / name))


def test_what_note_seq_lets_pass() -> None:
    # Melodeon's own readers have to refuse these; the README of testdata/ says with which error.
    broken = TESTDATA / "broken"
    score = musicxml_reader.musicxml_file_to_sequence_proto(str(broken / "no_score.xml"))
    assert not score.notes
    assert abc_parser.parse_abc_tunebook((broken / "empty.abc").read_text()) == ({}, [])
    tunes, errors = abc_parser.parse_abc_tunebook((broken / "no_key.abc").read_text())
    assert (list(tunes), errors) == ([1], [])


def test_broken_abc_is_refused() -> None:
    broken = TESTDATA / "broken"
    tunes, errors = abc_parser.parse_abc_tunebook((broken / "not_music.abc").read_text())
    assert (tunes, [type(error) for error in errors]) == ({}, [abc_parser.InvalidCharacterError])
    with pytest.raises(UnicodeDecodeError):
        (broken / "binary.abc").read_text("utf-8")


def test_readme_has_a_line_for_every_file() -> None:
    readme = (TESTDATA / "README.md").read_text()
    paths = [path for path in TESTDATA.glob("*/*") if path.parent.name != "abc"]
    for path in paths:
        assert f"`{path.parent.name}/{path.name}`" in readme, path
