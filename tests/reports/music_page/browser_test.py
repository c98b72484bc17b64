"""The page of generated music in a browser: it plays, sorts, hands out its files, and fits."""

from __future__ import annotations

import pathlib
import time

import pytest

from melodeon.tests.reports.music_page import chromium
from melodeon.tests.reports.music_page.pages import HOSTILE, STAMP, write_page

pytestmark = pytest.mark.skipif(not chromium.PROGRAM, reason="there is no chromium")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A browser that has opened a page with a hostile title."""
    folder = tmp_path_factory.mktemp("page")
    path = write_page(folder, ("", HOSTILE, ""), copied_from=HOSTILE)
    with chromium.browser(tmp_path_factory.mktemp("browser")) as browser:
        browser.call(
            "Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder / "taken")
        )
        browser.resize(1280)
        browser.call("Page.navigate", url=path.as_uri())
        browser.wait_for("document.documentElement?.dataset.ready == 'yes'")
        browser.folder, browser.address = folder, path.as_uri()
        yield browser


@pytest.fixture(autouse=True)
def nothing_goes_wrong(page):
    """After each test: no error was reported, and nothing but the page itself was asked for."""
    yield
    assert page.of_events("Runtime.exceptionThrown", "Log.entryAdded") == []
    assert page.of_events("Runtime.consoleAPICalled") == []
    asked = {each["request"]["url"] for each in page.of_events("Network.requestWillBeSent")}
    assert {url for url in asked if not url.startswith("data:")} == {page.address}


def names(page) -> list[str]:
    return page.value("[...document.querySelectorAll('.card .file')].map((e) => e.innerText)")


_LOUDEST = """(() => {
  const samples = new Float32Array(2048);
  melodeon.player.synth.analyser.getFloatTimeDomainData(samples);
  return Math.max(...samples.map(Math.abs));
})()"""


def test_it_plays_and_the_cursors_follow(page):
    page.value("document.querySelector('#output-1 .play').click()")
    begun = page.wait_for("melodeon.player.isPlaying && melodeon.player.context.currentTime")
    assert page.wait_for(f"{_LOUDEST} > 0.01")
    assert page.wait_for("melodeon.player.position > 0.7")
    assert page.value("melodeon.player.context.currentTime") > begun
    assert page.wait_for(
        "document.querySelector('#output-1 .roll .cursor').transform.baseVal[0].matrix.e > 12"
    )
    if page.value("!!document.querySelector('#output-1 .score')"):
        assert page.wait_for("document.querySelectorAll('#output-1 .note.lit').length") == 1
        assert page.value("document.querySelectorAll('#output-1 .note.given').length") == 2
    button = "document.querySelector('#output-1 .play')"
    assert page.value(f"{button}.getAttribute('aria-label')") == "Pause Melody 1"
    page.value(f"{button}.click()")
    assert page.wait_for(f"!melodeon.player.isPlaying && {_LOUDEST} < 0.001")


def test_a_tempo_twice_as_fast_takes_half_the_time(page):
    page.value("""(() => {
      const tempo = document.getElementById('tempo');
      tempo.value = 200;
      tempo.dispatchEvent(new Event('input'));
      document.querySelector('#output-3 .play').click();
    })()""")
    assert page.value("document.getElementById('tempo-value').innerText") == "♩ = 240"
    page.wait_for("melodeon.player.position > 0.2")
    both = "[melodeon.player.context.currentTime, melodeon.player.position]"
    (clock, place), _ = page.value(both), time.sleep(0.5)
    later, further = page.value(both)
    assert (further - place) / (later - clock) == pytest.approx(2, rel=0.02)
    page.press("Escape")
    assert page.value("[melodeon.player.isPlaying, melodeon.player.position]") == [False, 0]
    page.value("melodeon.player.tempo = 1; document.getElementById('tempo').value = 100")


def test_it_sorts_up_and_down(page):
    first, second, third = (f"{STAMP}_{number}" for number in (1, 2, 3))

    def sort(name: str) -> list[str]:
        page.value(f"document.querySelector('.sort [data-name=\"{name}\"]').click()")
        return names(page)

    assert names(page) == [first, second, third]
    # -7.25, -3.5 and -11; of the third it is not known what it copies; 8, 4 and 12 notes.
    assert sort("Log-likelihood") == [second, first, third]
    assert sort("Log-likelihood") == [third, first, second]
    assert sort("Longest copy") == [second, first, third]
    assert sort("Longest copy") == [first, second, third]
    assert sort("Notes") == [third, first, second]
    pressed = page.value("document.querySelector('.sort [aria-pressed=true]').innerText")
    assert pressed == "notes ↓"
    said = page.value("document.getElementById('said').textContent")
    assert said == "Sorted by Notes, highest first."
    assert sort("") == [first, second, third]


def test_keys(page):
    page.value("document.querySelector('#output-1 .play').focus()")
    focused = "document.activeElement.closest('.card')?.id"
    page.press("ArrowDown")
    assert page.value(focused) == "output-2"
    page.press("ArrowUp")
    assert page.value(focused) == "output-1"
    page.press("Enter")
    assert page.wait_for("melodeon.player.isPlaying && melodeon.player.piece.index === 0")
    page.press(" ")
    assert page.wait_for("!melodeon.player.isPlaying")
    # The second bar begins after two seconds.
    page.value("document.querySelector('#output-1 .roll').focus()")
    page.press("ArrowRight")
    assert page.value("melodeon.player.position") == 2
    roll = "document.querySelector('#output-1 .roll').getAttribute('aria-valuetext')"
    assert page.value(roll) == "0:02, bar 2 of 2"
    page.press("ArrowLeft")
    assert page.value("melodeon.player.position") == 0


def test_files_are_taken_as_they_were_written(page):
    for number, format_name in ((1, "midi"), (2, "abc"), (3, "musicxml")):
        link = f"#output-{number} [data-format={format_name}]"
        page.value(f"document.querySelector('{link}').click()")
    for name in (f"{STAMP}_1.mid", f"{STAMP}_2.abc", f"{STAMP}_3.musicxml"):
        assert content_of(page.folder / "taken" / name) == (page.folder / name).read_bytes()


def content_of(path: pathlib.Path) -> bytes:
    """The content of a file that the browser is about to write."""
    end = time.monotonic() + 30
    while not path.exists() and time.monotonic() < end:
        time.sleep(0.05)
    return path.read_bytes()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_is_wider_than_the_window(page, width, scheme):
    page.resize(width, scheme=scheme)
    page.value("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert page.value("document.documentElement.scrollWidth") == width
    # What scrolls by itself may be wide, and what is for screen readers only is nowhere.
    outside = page.value("""[...document.body.querySelectorAll('*')].filter((each) => {
      const box = each.getBoundingClientRect();
      return box.width && !each.closest('.roll-scroll, svg')
        && (box.right > innerWidth + 1 || box.left < -1);
    }).map((each) => each.outerHTML.slice(0, 80))""")
    assert outside == []
    background = page.value("getComputedStyle(document.body).backgroundColor")
    assert background == {"light": "rgb(247, 244, 238)", "dark": "rgb(22, 20, 18)"}[scheme]
