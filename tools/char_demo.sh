#!/usr/bin/env bash
# The character-level family on real music, as `make char_demo` runs it: make a dataset, train,
# generate.
#
# INPUT   a folder of .abc files; without it, a collection that music21 carries:
# CORPUS  oneills1850, ryansMammoth, airdsAirs or essenFolksong, or how its name begins
# TUNES   how many tunes are taken
# CONFIG  lstm, or tanh100 and the others that char_rnn_train --help tells of
# STEPS   training steps; with 0 training ends when the eval loss falls no more
#
# What is there from an earlier run is used again; training goes on where it stopped.
set -euo pipefail
cd "$(dirname "$0")/.."

config=${CONFIG:-lstm}
steps=${STEPS:-500}
tunes=${TUNES:-600}
if [ -n "${INPUT:-}" ]; then
  if [ ! -d "$INPUT" ]; then
    echo "INPUT: there is no folder '$INPUT'." >&2
    exit 2
  fi
  input=$INPUT
else
  input=$(.venv/bin/python tools/corpus_folder.py "${CORPUS:-oneills1850}")
fi
# Two folders of one name are two collections.
work=demo/char-$(basename "$input")-$(realpath "$input" | cksum | cut -d' ' -f1)-$tunes
dataset=$work/dataset
run_dir=$work/$config

run() {
  echo
  echo "$ $*"
  ".venv/bin/$1" "${@:2}"
}

if [ -f "$dataset/receipt.json" ] &&
  [ -z "$(find "$input" -newer "$dataset/receipt.json" -print -quit)" ]; then
  echo "Using $dataset, which is there already."
else
  run char_rnn_create_dataset --input_dir="$input" --output_dir="$dataset" --recursive \
    --max_tunes="$tunes"
fi

run char_rnn_train --config="$config" --run_dir="$run_dir" --num_training_steps="$steps" \
  --sequence_example_file="$dataset/training_tunes.tfrecord" \
  --eval_sequence_example_file="$dataset/eval_tunes.tfrecord"

generated=$run_dir/generated
run char_rnn_generate --run_dir="$run_dir" --num_outputs=10 --temperature=0.5 --valid_only \
  --output_dir="$generated" --format=abc,midi,musicxml --html

pages=("$generated"/*_page.html)
echo
echo "To hear and see them, open this page in a browser: ${pages[-1]}"
