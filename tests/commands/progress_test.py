"""What the progress line says."""

from __future__ import annotations

from melodeon.commands.progress import Progress


def test_line_gives_rate_details_and_time_left():
    progress = Progress("Training", 300, unit="step", start=100)
    progress.update(150, "loss 1.25")
    expected = "Training: step 150 of 300, 5 steps/s, loss 1.25, 00:30 left"
    assert progress.line(10.0) == expected


def test_line_without_a_total_or_a_rate():
    progress = Progress("Reading", None, unit="file")
    assert progress.line(0.0) == "Reading: file 0"
    progress.update(4)
    assert progress.line(2.0) == "Reading: file 4, 2 files/s"
