#!/usr/bin/env bash
# The audio family on music that is played first, as `make waveform_demo` runs it: make sound, make
# a dataset of it, train a GRU and an LSTM, go on from a clip with both, and compare them on a page.
#
# INPUT   a folder of audio files; without it, tunes of testdata/ are played
# ARTIST  who plays them: electronic, or band (other instruments, tempos and keys)
# STEPS   training steps of each network
# UNITS   of the layers of both
#
# What is there from an earlier run is used again; training goes on where it stopped.
set -euo pipefail
cd "$(dirname "$0")/.."

artist=${ARTIST:-electronic}
steps=${STEPS:-300}
units=${UNITS:-256}
if [ -n "${INPUT:-}" ] && [ ! -d "$INPUT" ]; then
  echo "INPUT: there is no folder '$INPUT'." >&2
  exit 2
fi
name=${INPUT:-$artist}
# Two folders of one name are two collections.
work=demo/waveform-$(basename "$name")-$(realpath -m "$name" | cksum | cut -d' ' -f1)
dataset=$work/dataset

run() {
  echo
  echo "$ $*"
  ".venv/bin/$1" "${@:2}"
}

input=${INPUT:-$work/audio}
if [ -z "${INPUT:-}" ] && [ ! -d "$input" ]; then
  run python tools/render_audio.py --input=testdata/tunes --output_dir="$input" \
    --artist="$artist" --sample_rate=8000
fi

if [ -f "$dataset/receipt.json" ] &&
  [ -z "$(find "$input" -newer "$dataset/receipt.json" -print -quit)" ]; then
  echo "Using $dataset, which is there already."
else
  run waveform_rnn_create_dataset --input_dir="$input" --output_dir="$dataset" --recursive \
    --sample_rate=8000
fi

for config in gru lstm; do
  run_dir=$work/$config-$units
  run waveform_rnn_train --config="$config" --run_dir="$run_dir" \
    --hparams="rnn_layer_sizes=[$units]" --num_training_steps="$steps" \
    --sequence_example_file="$dataset" --eval_sequence_example_file="$dataset"
  run waveform_rnn_generate --run_dir="$run_dir" --output_dir="$run_dir/generated" \
    --seed_blocks=20 --num_outputs=3 --crossfade=0.01 --with_seed
done

run waveform_rnn_report --dataset_dir="$dataset" --output_dir="$work/report" \
  --runs "$work/gru-$units" "$work/lstm-$units"
