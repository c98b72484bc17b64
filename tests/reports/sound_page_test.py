"""The page of generated sound, and that nothing in it becomes markup."""

from __future__ import annotations

import numpy as np
import pytest

from melodeon.proto.manifest_pb2 import GeneratedFile, GenerationManifest
from melodeon.proto.run_pb2 import RunDescription
from melodeon.reports import sound_page
from melodeon.tests.reports.music_page import chromium
from melodeon.tests.reports.music_page.pages import HOSTILE
from melodeon.writers import audio


def manifest_of(source: str) -> GenerationManifest:
    return GenerationManifest(
        model=RunDescription(family="waveform_rnn", config="gru"), primer_source=source,
        num_blocks=30, seed_blocks=10, files=[GeneratedFile(path="a b#1.wav", primer_index=4)],
    )


def test_what_it_says():
    text = sound_page.render(manifest_of(HOSTILE), [[f"loops {HOSTILE}"]])
    assert "<img" not in text and "<script" not in text
    assert text.count("&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;") == 2
    assert 'src="a%20b%231.wav"' in text
    assert "a b#1.wav</bdi>, from clip 4" in text
    assert "30 behind 10 of the seed" in text


@pytest.mark.skipif(not chromium.PROGRAM, reason="there is no chromium")
def test_a_browser_finds_the_sound(tmp_path):
    wav = audio.write(np.zeros(4000, np.float32), 8000)
    (tmp_path / "a b#1.wav").write_bytes(wav.data)
    sound_page.write_page(tmp_path, "x", manifest_of("y"), [[]])
    (tmp_path / "browser").mkdir()
    with chromium.browser(tmp_path / "browser") as browser:
        browser.resize(360)
        browser.call("Page.navigate", url=(tmp_path / "x_page.html").as_uri())
        assert browser.wait_for("document.querySelector('audio')?.duration") == 0.5
        assert browser.value("document.documentElement.scrollWidth") == 360
        assert browser.of_events("Log.entryAdded") == []
