"""The abilities of this machine's processor."""

from __future__ import annotations

import pathlib

_CPUINFO = pathlib.Path("/proc/cpuinfo")


def multiplies_bfloat16(cpuinfo: pathlib.Path = _CPUINFO) -> bool:
    """Whether products of bfloat16 matrices are faster than those of float32.

    That takes instructions of their own; without them TensorFlow converts back and forth. Linux
    tells which ones there are; elsewhere the answer is no.
    """
    try:
        lines = cpuinfo.read_text().splitlines()
    except OSError:
        return False
    flags = next((line.split() for line in lines if line.startswith("flags")), [])
    return not {"avx512_bf16", "amx_bf16"}.isdisjoint(flags)
