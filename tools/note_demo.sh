#!/usr/bin/env bash
# The polyphonic family, as `make note_demo` runs it: convert, make a dataset, train, generate.
#
# INPUT   a folder of MIDI, ABC or MusicXML; without it, the eight piano pieces in testdata/piano
# CONFIG  conv_lstm2, or lstm4 and the others that note_rnn_train --help tells of
# STEPS   training steps; with 0 training ends when the eval loss falls no more
#
# What is there from an earlier run is used again; training goes on where it stopped.
set -euo pipefail
cd "$(dirname "$0")/.."

config=${CONFIG:-conv_lstm2}
steps=${STEPS:-200}
input=${INPUT:-testdata/piano}
if [ ! -d "$input" ]; then
  echo "INPUT: there is no folder '$input'." >&2
  exit 2
fi
# Two folders of one name are two collections.
work=demo/note-$(basename "$input")-$(realpath "$input" | cksum | cut -d' ' -f1)
notes=$work/notesequences.tfrecord
dataset=$work/dataset
run_dir=$work/$config
generated=$run_dir/generated

run() {
  echo
  echo "$ $*"
  ".venv/bin/$1" "${@:2}"
}

# Whether an output has its receipt and is newer than all that it was made from.
is_up_to_date() {
  [ -f "$1" ] && [ -z "$(find "$2" -newer "$1" -print -quit)" ]
}

if is_up_to_date "$notes.receipt.json" "$input"; then
  echo "Using $notes, which is there already."
else
  run convert_dir_to_note_sequences --input_dir="$input" --output_file="$notes" --recursive
fi

if is_up_to_date "$dataset/receipt.json" "$notes"; then
  echo "Using $dataset, which is there already."
else
  run note_rnn_create_dataset --input="$notes" --output_dir="$dataset" \
    --keep_octaves --keep_rests --transpose_to_c
fi

# Of eight pieces none is worth holding back: what is likeliest in one other is not what they are.
evaluation=()
[ -z "${INPUT:-}" ] && [ "$steps" != 0 ] || evaluation=(--eval_sequence_example_file="$dataset")
run note_rnn_train --config="$config" --run_dir="$run_dir" --num_training_steps="$steps" \
  --sequence_example_file="$dataset" "${evaluation[@]}"

run note_rnn_generate --run_dir="$run_dir" --output_dir="$generated" --num_outputs=10 \
  --format=midi,abc,musicxml --html

pages=("$generated"/*_page.html)
echo
echo "The pieces are in $generated. Any player or notation program opens them, e.g.:"
echo "  timidity $generated/*.mid"
echo "To hear and see them, open this page in a browser: ${pages[-1]}"
