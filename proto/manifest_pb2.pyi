from melodeon.proto import run_pb2 as _run_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GenerationManifest(_message.Message):
    __slots__ = ("model", "checkpoint", "num_steps", "prime", "temperature", "search", "beam_size", "branch_factor", "steps_per_iteration", "qpm", "meter", "program", "primer", "primer_source", "max_length", "valid_only", "seed", "with_seed", "seed_blocks", "num_blocks", "crossfade", "without_primer", "primer_notes_left_out", "key", "track_name", "formats", "training_melodies", "max_copied_bars", "top_p", "num_bars", "end", "lowest", "highest", "in_scale", "files")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    NUM_STEPS_FIELD_NUMBER: _ClassVar[int]
    PRIME_FIELD_NUMBER: _ClassVar[int]
    TEMPERATURE_FIELD_NUMBER: _ClassVar[int]
    SEARCH_FIELD_NUMBER: _ClassVar[int]
    BEAM_SIZE_FIELD_NUMBER: _ClassVar[int]
    BRANCH_FACTOR_FIELD_NUMBER: _ClassVar[int]
    STEPS_PER_ITERATION_FIELD_NUMBER: _ClassVar[int]
    QPM_FIELD_NUMBER: _ClassVar[int]
    METER_FIELD_NUMBER: _ClassVar[int]
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    PRIMER_FIELD_NUMBER: _ClassVar[int]
    PRIMER_SOURCE_FIELD_NUMBER: _ClassVar[int]
    MAX_LENGTH_FIELD_NUMBER: _ClassVar[int]
    VALID_ONLY_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    WITH_SEED_FIELD_NUMBER: _ClassVar[int]
    SEED_BLOCKS_FIELD_NUMBER: _ClassVar[int]
    NUM_BLOCKS_FIELD_NUMBER: _ClassVar[int]
    CROSSFADE_FIELD_NUMBER: _ClassVar[int]
    WITHOUT_PRIMER_FIELD_NUMBER: _ClassVar[int]
    PRIMER_NOTES_LEFT_OUT_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    TRACK_NAME_FIELD_NUMBER: _ClassVar[int]
    FORMATS_FIELD_NUMBER: _ClassVar[int]
    TRAINING_MELODIES_FIELD_NUMBER: _ClassVar[int]
    MAX_COPIED_BARS_FIELD_NUMBER: _ClassVar[int]
    TOP_P_FIELD_NUMBER: _ClassVar[int]
    NUM_BARS_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    LOWEST_FIELD_NUMBER: _ClassVar[int]
    HIGHEST_FIELD_NUMBER: _ClassVar[int]
    IN_SCALE_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    model: _run_pb2.RunDescription
    checkpoint: str
    num_steps: int
    prime: str
    temperature: float
    search: str
    beam_size: int
    branch_factor: int
    steps_per_iteration: int
    qpm: float
    meter: str
    program: int
    primer: _containers.RepeatedScalarFieldContainer[int]
    primer_source: str
    max_length: int
    valid_only: bool
    seed: int
    with_seed: bool
    seed_blocks: int
    num_blocks: int
    crossfade: float
    without_primer: bool
    primer_notes_left_out: int
    key: str
    track_name: str
    formats: _containers.RepeatedScalarFieldContainer[str]
    training_melodies: str
    max_copied_bars: float
    top_p: float
    num_bars: int
    end: bool
    lowest: str
    highest: str
    in_scale: bool
    files: _containers.RepeatedCompositeFieldContainer[GeneratedFile]
    def __init__(self, model: _Optional[_Union[_run_pb2.RunDescription, _Mapping]] = ..., checkpoint: _Optional[str] = ..., num_steps: _Optional[int] = ..., prime: _Optional[str] = ..., temperature: _Optional[float] = ..., search: _Optional[str] = ..., beam_size: _Optional[int] = ..., branch_factor: _Optional[int] = ..., steps_per_iteration: _Optional[int] = ..., qpm: _Optional[float] = ..., meter: _Optional[str] = ..., program: _Optional[int] = ..., primer: _Optional[_Iterable[int]] = ..., primer_source: _Optional[str] = ..., max_length: _Optional[int] = ..., valid_only: bool = ..., seed: _Optional[int] = ..., with_seed: bool = ..., seed_blocks: _Optional[int] = ..., num_blocks: _Optional[int] = ..., crossfade: _Optional[float] = ..., without_primer: bool = ..., primer_notes_left_out: _Optional[int] = ..., key: _Optional[str] = ..., track_name: _Optional[str] = ..., formats: _Optional[_Iterable[str]] = ..., training_melodies: _Optional[str] = ..., max_copied_bars: _Optional[float] = ..., top_p: _Optional[float] = ..., num_bars: _Optional[int] = ..., end: bool = ..., lowest: _Optional[str] = ..., highest: _Optional[str] = ..., in_scale: bool = ..., files: _Optional[_Iterable[_Union[GeneratedFile, _Mapping]]] = ...) -> None: ...

class GeneratedFile(_message.Message):
    __slots__ = ("path", "midi_path", "abc_path", "musicxml_path", "log_likelihood", "constrained_log_likelihood", "num_sampled", "is_well_formed", "problem", "misfit", "seed", "primer_index", "longest_run", "loop_start", "loop_period", "gain", "copied_notes", "copied_bars", "copied_from", "attempts")
    PATH_FIELD_NUMBER: _ClassVar[int]
    MIDI_PATH_FIELD_NUMBER: _ClassVar[int]
    ABC_PATH_FIELD_NUMBER: _ClassVar[int]
    MUSICXML_PATH_FIELD_NUMBER: _ClassVar[int]
    LOG_LIKELIHOOD_FIELD_NUMBER: _ClassVar[int]
    CONSTRAINED_LOG_LIKELIHOOD_FIELD_NUMBER: _ClassVar[int]
    NUM_SAMPLED_FIELD_NUMBER: _ClassVar[int]
    IS_WELL_FORMED_FIELD_NUMBER: _ClassVar[int]
    PROBLEM_FIELD_NUMBER: _ClassVar[int]
    MISFIT_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    PRIMER_INDEX_FIELD_NUMBER: _ClassVar[int]
    LONGEST_RUN_FIELD_NUMBER: _ClassVar[int]
    LOOP_START_FIELD_NUMBER: _ClassVar[int]
    LOOP_PERIOD_FIELD_NUMBER: _ClassVar[int]
    GAIN_FIELD_NUMBER: _ClassVar[int]
    COPIED_NOTES_FIELD_NUMBER: _ClassVar[int]
    COPIED_BARS_FIELD_NUMBER: _ClassVar[int]
    COPIED_FROM_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    path: str
    midi_path: str
    abc_path: str
    musicxml_path: str
    log_likelihood: float
    constrained_log_likelihood: float
    num_sampled: int
    is_well_formed: bool
    problem: str
    misfit: str
    seed: int
    primer_index: int
    longest_run: int
    loop_start: int
    loop_period: int
    gain: float
    copied_notes: int
    copied_bars: float
    copied_from: str
    attempts: int
    def __init__(self, path: _Optional[str] = ..., midi_path: _Optional[str] = ..., abc_path: _Optional[str] = ..., musicxml_path: _Optional[str] = ..., log_likelihood: _Optional[float] = ..., constrained_log_likelihood: _Optional[float] = ..., num_sampled: _Optional[int] = ..., is_well_formed: bool = ..., problem: _Optional[str] = ..., misfit: _Optional[str] = ..., seed: _Optional[int] = ..., primer_index: _Optional[int] = ..., longest_run: _Optional[int] = ..., loop_start: _Optional[int] = ..., loop_period: _Optional[int] = ..., gain: _Optional[float] = ..., copied_notes: _Optional[int] = ..., copied_bars: _Optional[float] = ..., copied_from: _Optional[str] = ..., attempts: _Optional[int] = ...) -> None: ...
