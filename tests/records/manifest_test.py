"""Manifests as they lie on disk."""

from __future__ import annotations

from melodeon.proto.manifest_pb2 import GeneratedFile, GenerationManifest
from melodeon.proto.run_pb2 import RunDescription
from melodeon.records import manifest

MELODIES = """\
{
  "model": {
    "family": "melody_rnn",
    "config": "basic_rnn",
    "hparams": "batch_size=64",
    "melodeon_version": "0.1.0",
    "begins_from": ""
  },
  "checkpoint": "run/best/model.ckpt-7",
  "num_steps": 3,
  "temperature": 0.7,
  "beam_size": 2,
  "branch_factor": 1,
  "steps_per_iteration": 1,
  "qpm": 90.0,
  "meter": "3/4",
  "program": 0,
  "primer": [
    60,
    -2
  ],
  "primer_source": "café.mid",
  "files": [
    {
      "path": "a_1.mid",
      "log_likelihood": 0.0,
      "seed": 0
    }
  ]
}
"""

TEXTS = """\
{
  "model": {
    "family": "char_rnn",
    "config": "lstm",
    "hparams": "batch_size=64",
    "melodeon_version": "0.1.0",
    "begins_from": ""
  },
  "checkpoint": "run/best/model.ckpt-7",
  "prime": "",
  "temperature": 0.123456789012,
  "max_length": 200,
  "valid_only": false,
  "seed": 4294967295,
  "files": [
    {
      "path": "a_1.abc",
      "midi_path": "",
      "log_likelihood": -601.5526677660057,
      "constrained_log_likelihood": -311.2607166281165,
      "num_sampled": 201,
      "is_well_formed": false,
      "problem": "a_1.abc: no end within 200 characters",
      "misfit": ""
    }
  ]
}
"""


def written(tmp_path, message: GenerationManifest) -> str:
    path = tmp_path / "out" / "manifest.json"
    manifest.write(path, message)
    return path.read_bytes().decode()


def test_melodies_have_no_field_of_texts(tmp_path):
    message = GenerationManifest(
        model=RunDescription(
            family="melody_rnn", config="basic_rnn", hparams="batch_size=64",
            melodeon_version="0.1.0",
        ),
        checkpoint="run/best/model.ckpt-7",
        num_steps=3, temperature=0.7, beam_size=2, branch_factor=1, steps_per_iteration=1,
        qpm=90, meter="3/4", program=0, primer=[60, -2], primer_source="café.mid",
        files=[GeneratedFile(path="a_1.mid", log_likelihood=0, seed=0)],
    )  # fmt: skip
    assert written(tmp_path, message) == MELODIES


def test_texts_have_no_field_of_melodies(tmp_path):
    message = GenerationManifest(
        model=RunDescription(
            family="char_rnn", config="lstm", hparams="batch_size=64", melodeon_version="0.1.0"
        ),
        checkpoint="run/best/model.ckpt-7",
        prime="", temperature=0.123456789012, max_length=200, valid_only=False, seed=2**32 - 1,
        files=[
            GeneratedFile(
                path="a_1.abc", midi_path="", log_likelihood=-601.5526677660057,
                constrained_log_likelihood=-311.2607166281165, num_sampled=201,
                is_well_formed=False, problem="a_1.abc: no end within 200 characters", misfit="",
            )
        ],
    )  # fmt: skip
    assert written(tmp_path, message) == TEXTS
