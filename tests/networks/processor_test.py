from __future__ import annotations

import pytest

from melodeon.networks import processor


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("processor\t: 0\nflags\t\t: fpu avx512_vnni avx512_bf16\n", True),
        ("processor\t: 0\nflags\t\t: fpu amx_bf16 amx_tile\n", True),
        ("processor\t: 0\nflags\t\t: fpu avx512f avx512_bitalg\n", False),
        ("processor\t: 0\nFeatures\t: fp asimd\n", False),
    ],
)
def test_bfloat16_has_instructions_of_its_own(tmp_path, text, expected):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(text)
    assert processor.multiplies_bfloat16(cpuinfo) is expected


def test_elsewhere_than_on_linux_it_is_not_known(tmp_path):
    assert not processor.multiplies_bfloat16(tmp_path / "missing")
