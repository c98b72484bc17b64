# make demo    music in, ten new melodies out
# make char_demo    ABC tunes in, ten new ones out, character by character
# make note_demo    piano pieces in, ten new ones out, notes and chords at once
# make waveform_demo    tunes played, and sound that goes on from them
# make test    linting, type check and all tests
# make package    a wheel and a source distribution in dist/, looked through
# make bench   how fast each step is on this machine, as a table in bench/ (15 minutes)
# make attack  what all commands survive, as a table (20 minutes, or SECONDS_OF_ATTACK)
# make clean   removes what the others made
#
# They make .venv first, from requirements.lock, with Python 3.11: that of the system, or the one
# that uv fetches. The demos take INPUT=some/folder, CORPUS, CONFIG and STEPS; see README.md.

export INPUT CORPUS CONFIG STEPS HPARAMS TUNES ARTIST UNITS

BIN := .venv/bin

.PHONY: help demo char_demo note_demo waveform_demo test lint package bench attack clean

help:
	@sed -n '/^# make/s/^# //p' Makefile

demo: .venv/installed
	@tools/demo.sh

char_demo: .venv/installed
	@tools/char_demo.sh

note_demo: .venv/installed
	@tools/note_demo.sh

waveform_demo: .venv/installed
	@tools/waveform_demo.sh

test: lint
	@# A file stays in one process: its tests share fixtures, and recipes follow one another. Over a
	@# hundred more are started, for which what they import is compiled once.
	env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest --numprocesses=logical --dist=loadfile

lint: .venv/installed
	$(BIN)/ruff check .
	@mkdir -p .venv/types && ln -sfn "$(CURDIR)" .venv/types/melodeon
	MYPYPATH=.venv/types $(BIN)/mypy -p melodeon

package: .venv/installed
	@$(BIN)/python tools/package.py --output_dir=dist

bench: .venv/installed
	TF_CPP_MIN_LOG_LEVEL=3 $(BIN)/python -m melodeon.benchmarks.run

attack: .venv/installed
	$(BIN)/python -m melodeon.tools.attack --work_dir=attack --seconds=$(or $(SECONDS_OF_ATTACK),1200)

clean:
	rm -rf .venv attack demo bench build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis

.venv/installed: requirements.lock setup.py pyproject.toml
	@tools/make_venv.sh
	@touch $@
