"""Names of pieces."""

from __future__ import annotations

from note_seq.protobuf import music_pb2

from melodeon.music.piece_names import full_name, piece_name, take_name


def test_a_tune_of_a_book_has_number_and_title():
    tune = music_pb2.NoteSequence(id="/id/abc/1", filename="jigs.abc", reference_number=12)
    tune.sequence_metadata.title = "The Kesh"
    assert (piece_name(tune), full_name(tune)) == ("X:12 The Kesh", "jigs.abc X:12 The Kesh")
    tune.sequence_metadata.title = ""
    assert full_name(tune) == "jigs.abc X:12"
    named = music_pb2.NoteSequence()
    take_name(named, tune)
    assert (full_name(named), named.id) == ("jigs.abc X:12", "/id/abc/1")


def test_other_pieces_have_the_name_of_their_file_or_their_id():
    piece = music_pb2.NoteSequence(id="/id/midi/1", filename="a.mid")
    assert (piece_name(piece), full_name(piece)) == ("/id/midi/1", "a.mid")
    assert full_name(music_pb2.NoteSequence(id="x")) == "x"
