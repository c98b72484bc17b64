#!/usr/bin/env bash
# The main job on real music, as `make demo` runs it: convert, make a dataset, train, generate.
#
# INPUT   a folder of MIDI, ABC or MusicXML; without it, a collection that music21 carries:
# CORPUS  oneills1850, ryansMammoth, airdsAirs or essenFolksong, or how its name begins
# CONFIG  basic_rnn, mono_rnn, lookback_rnn or attention_rnn
# STEPS   training steps; with 0 training ends when the eval loss falls no more
# HPARAMS as --hparams of melody_rnn_train takes them, instead of the recipe's
#
# What is there from an earlier run is used again; training goes on where it stopped.
set -euo pipefail
cd "$(dirname "$0")/.."

config=${CONFIG:-attention_rnn}
steps=${STEPS:-1500}
if [ -n "${INPUT:-}" ]; then
  if [ ! -d "$INPUT" ]; then
    echo "INPUT: there is no folder '$INPUT'." >&2
    exit 2
  fi
  input=$INPUT
  # Two folders of one name are two collections.
  work=demo/$(basename "$input")-$(realpath "$input" | cksum | cut -d' ' -f1)
else
  input=$(.venv/bin/python tools/corpus_folder.py "${CORPUS:-oneills1850}")
  work=demo/$(basename "$input")
fi
notes=$work/notesequences.tfrecord
dataset=$work/$config/dataset
training=$dataset/training_melodies.tfrecord
evaluation=$dataset/eval_melodies.tfrecord

run() {
  echo
  echo "$ $*"
  ".venv/bin/$1" "${@:2}"
}

# Whether an output holds anything, has its receipt, and is newer than all that it was made from.
is_up_to_date() {
  [ -s "$1" ] && [ -f "$2" ] && [ -z "$(find "$3" -newer "$2" -print -quit)" ]
}

if is_up_to_date "$notes" "$notes.receipt.json" "$input"; then
  echo "Using $notes, which is there already."
else
  run convert_dir_to_note_sequences --input_dir="$input" --output_file="$notes" --recursive
fi

if is_up_to_date "$training" "$dataset/receipt.json" "$notes"; then
  echo "Using $dataset, which is there already."
else
  run melody_rnn_create_dataset --config="$config" --input="$notes" --output_dir="$dataset"
  if [ ! -s "$training" ]; then
    echo "All melodies fell into the eval set; with so few of them, all are for training."
    run melody_rnn_create_dataset --config="$config" --input="$notes" --output_dir="$dataset" \
      --eval_ratio=0
  fi
fi

train_flags=(--config="$config" --run_dir="$work/$config/run" --sequence_example_file="$training"
  --num_training_steps="$steps")
if [ -n "${HPARAMS:-}" ]; then
  train_flags+=(--hparams="$HPARAMS")
fi
if [ -s "$evaluation" ]; then
  train_flags+=(--eval_sequence_example_file="$evaluation")
elif [ "$steps" = 0 ]; then
  echo "STEPS: with so few melodies there is no eval set; expected a step to end at, got 0." >&2
  exit 2
else
  echo "There is no eval set: so few melodies are all for training."
fi
run melody_rnn_train "${train_flags[@]}"

generated=$work/$config/generated
# Sixteen bars of 4/4, by the search whose melodies are most like their music (docs/music.md).
run melody_rnn_generate --run_dir="$work/$config/run" --output_dir="$generated" \
  --num_outputs=10 --num_steps=256 --beam_size=4 --branch_factor=4 --format=midi,abc,musicxml \
  --html

pages=("$generated"/*_page.html)
echo
echo "To hear and see them, open this page in a browser: ${pages[-1]}"
