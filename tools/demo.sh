#!/usr/bin/env bash
# The main job on real music, as `make demo` runs it: convert, make a dataset, train, generate.
#
# INPUT   a folder of MIDI, ABC or MusicXML; without it, a collection that music21 carries:
# CORPUS  oneills1850, ryansMammoth, airdsAirs or essenFolksong, or how its name begins
# CONFIG  basic_rnn, mono_rnn, lookback_rnn or attention_rnn
# STEPS   training steps
# HPARAMS as --hparams of melody_rnn_train takes them
#
# What is there from an earlier run is used again; training goes on where it stopped.
set -euo pipefail
cd "$(dirname "$0")/.."

config=${CONFIG:-attention_rnn}
steps=${STEPS:-1500}
hparams=${HPARAMS:-batch_size=32,segment_length=64,learning_rate=0.005,dropout_keep_prob=0.8}
if [ -n "${INPUT:-}" ]; then
  input=$INPUT
  # Two folders of one name are two collections.
  work=demo/$(basename "$input")-$(realpath "$input" | cksum | cut -d' ' -f1)
else
  input=$(.venv/bin/python tools/corpus_folder.py "${CORPUS:-oneills1850}")
  work=demo/$(basename "$input")
fi
notes=$work/notesequences.tfrecord
dataset=$work/$config/dataset

run() {
  echo
  echo "$ $*"
  ".venv/bin/$1" "${@:2}"
}

if [ -f "$notes.receipt.json" ]; then
  echo "Using $notes (remove $work to convert the folder anew)."
else
  run convert_dir_to_note_sequences --input_dir="$input" --output_file="$notes" --recursive
fi

if [ -f "$dataset/receipt.json" ]; then
  echo "Using $dataset."
else
  run melody_rnn_create_dataset --config="$config" --input="$notes" --output_dir="$dataset"
fi

run melody_rnn_train --config="$config" --run_dir="$work/$config/run" \
  --sequence_example_file="$dataset/training_melodies.tfrecord" \
  --eval_sequence_example_file="$dataset/eval_melodies.tfrecord" \
  --hparams="$hparams" --num_training_steps="$steps"

run melody_rnn_generate --run_dir="$work/$config/run" --output_dir="$work/$config/generated" \
  --num_outputs=10
