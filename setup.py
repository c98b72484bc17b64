"""Installs the repository root as the package `melodeon`."""

import pathlib

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

ROOT = pathlib.Path(__file__).parent


class BuildPackage(build_py):
    """As build_py: the root is the package, but for this file."""

    def find_package_modules(self, package, package_dir):
        """As in build_py."""
        found = super().find_package_modules(package, package_dir)
        return [(of, module, path) for of, module, path in found if module != "setup"]


setup(
    name="melodeon",
    version="0.1.0",
    description="Melodies from recurrent networks: from a folder of MIDI and ABC to music.",
    long_description=(ROOT / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    license_files=["LICENSE"],
    classifiers=[
        "Development Status :: 4 - Beta",
        "Environment :: Console",
        "Intended Audience :: Education",
        "Intended Audience :: Science/Research",
        "License :: OSI Approved :: Apache Software License",
        "Operating System :: POSIX :: Linux",
        "Programming Language :: Python :: 3.10",
        "Programming Language :: Python :: 3.11",
        "Topic :: Multimedia :: Sound/Audio :: MIDI",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
        "Typing :: Typed",
    ],
    cmdclass={"build_py": BuildPackage},
    python_requires=">=3.10,<3.12",
    package_dir={"melodeon": "."},
    # proto/ has no __init__.py: with one, it would hide the `proto` that Beam's Google Cloud parts
    # import.
    packages=["melodeon", "melodeon.proto", *(f"melodeon.{name}" for name in find_packages())],
    package_data={
        "melodeon": ["py.typed"],
        "melodeon.proto": ["*.proto", "*.pyi"],
        "melodeon.reports": ["templates/*"],
    },
    install_requires=[
        "absl-py",
        # pipelines/runner.py takes Beam's flags from private names (_BeamArgumentParser,
        # _add_argparse_args, _option_string_actions): look there before this version changes.
        "apache-beam==2.72.*",
        "google-crc32c",
        "note-seq==0.0.5",
        "numpy<2",
        "protobuf>=4.25,<5",
        # pretty_midi, which note-seq reads MIDI with, imports pkg_resources.
        "setuptools<81",
        # Audio: libsndfile, and a resampler.
        "soundfile",
        "soxr",
        "tqdm",
    ],
    extras_require={
        "train": ["tensorflow==2.15.1"],
        "corpus": ["music21==9.9.2"],
        "report": ["Jinja2>=3.1", "matplotlib", "tensorboard==2.15.*", "verovio"],
        "gcp": ["apache-beam[gcp]==2.72.*"],
        "test": [
            "hypothesis",
            "mypy",
            "pytest",
            "pytest-xdist",
            "ruff",
            "scipy",
            "types-protobuf<5",
            "types-tqdm",
        ],
    },
    entry_points={
        "console_scripts": [
            "char_rnn_create_dataset=melodeon.commands.console:char_rnn_create_dataset",
            "char_rnn_generate=melodeon.commands.console:char_rnn_generate",
            "char_rnn_report=melodeon.commands.console:char_rnn_report",
            "char_rnn_train=melodeon.commands.console:char_rnn_train",
            "convert_dir_to_note_sequences=melodeon.commands.console:convert_dir_to_note_sequences",
            "melody_rnn_create_dataset=melodeon.commands.console:melody_rnn_create_dataset",
            "melody_rnn_generate=melodeon.commands.console:melody_rnn_generate",
            "melody_rnn_log_likelihood=melodeon.commands.console:melody_rnn_log_likelihood",
            "melody_rnn_train=melodeon.commands.console:melody_rnn_train",
            "note_rnn_create_dataset=melodeon.commands.console:note_rnn_create_dataset",
            "note_rnn_generate=melodeon.commands.console:note_rnn_generate",
            "note_rnn_report=melodeon.commands.console:note_rnn_report",
            "note_rnn_train=melodeon.commands.console:note_rnn_train",
            "waveform_rnn_create_dataset=melodeon.commands.console:waveform_rnn_create_dataset",
            "waveform_rnn_generate=melodeon.commands.console:waveform_rnn_generate",
            "waveform_rnn_report=melodeon.commands.console:waveform_rnn_report",
            "waveform_rnn_train=melodeon.commands.console:waveform_rnn_train",
        ]
    },
)
