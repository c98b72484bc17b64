from __future__ import annotations

import pytest

from melodeon.waveform_rnn.seeds import spread


@pytest.mark.parametrize("num_records, most, numbers", [
    (0, 3, []),
    (3, 3, [0, 1, 2]),
    (4, 3, [0, 2]),
    (5, 3, [0, 2, 4]),
    (7, 3, [0, 4]),
    (100, 10, [0, 16, 32, 48, 64, 80, 96]),
])  # fmt: skip
def test_records_that_are_kept_lie_apart_alike(num_records, most, numbers):
    records = [str(number).encode() for number in range(num_records)]
    assert [int(record) for record in spread(iter(records), most)] == numbers
