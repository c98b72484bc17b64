"use strict";
// One piece at a time, played by the audio clock: notes are handed to it a little ahead.

// Seconds: between two looks at what is to be played, and how far ahead each looks. A page that is
// not seen may look once a second only.
const LOOK_EVERY = 0.025;
const LOOK_AHEAD = 0.15;
const LOOK_AHEAD_HIDDEN = 1.6;
const BEGIN_AFTER = 0.06;

class Player {
  // ended: called when the piece is over.
  constructor(ended) {
    this.ended = ended;
    this.context = null;
    this.synth = null;
    this.piece = null;
    this.instrument = "piano";
    this.isPlaying = false;
    this.place = 0; // Seconds of the piece at the moment `since` of the audio clock.
    this.since = 0;
    this.speed = 1;
    this.loudness = 0.8;
    this.next = 0;
    this.timer = null;
  }

  // A browser lets a page sound only behind a key or a click: called there.
  async wake() {
    if (!this.context) {
      this.context = new AudioContext({ latencyHint: "interactive" });
      this.synth = new Synth(this.context);
      this.synth.volume = this.loudness;
    }
    if (this.context.state !== "running") await this.context.resume();
  }

  get position() {
    if (!this.isPlaying) return this.place;
    const heard = this.context.currentTime - (this.context.outputLatency || 0);
    return Math.max(this.place, this.place + (heard - this.since) * this.speed);
  }

  async play(piece, place) {
    this.pause();
    const call = (this.call = (this.call || 0) + 1);
    await this.wake();
    if (call !== this.call) return; // Somebody asked for something else meanwhile.
    this.piece = piece;
    this.place = place >= piece.duration - 0.01 ? 0 : place;
    this.since = this.context.currentTime + BEGIN_AFTER;
    this.next = piece.notes.findIndex(([start, length]) => start + length > this.place);
    if (this.next < 0) this.next = piece.notes.length;
    this.isPlaying = true;
    this.synth.begin();
    this.timer = setInterval(() => this.#look(), 1000 * LOOK_EVERY);
    this.#look();
  }

  pause() {
    this.call = (this.call || 0) + 1;
    if (!this.isPlaying) return;
    this.place = Math.min(this.position, this.piece.duration);
    this.isPlaying = false;
    clearInterval(this.timer);
    this.synth.silence();
  }

  seek(place) {
    const to = Math.min(Math.max(0, place), this.piece ? this.piece.duration : 0);
    if (this.isPlaying) this.play(this.piece, to);
    else this.place = to;
  }

  set tempo(speed) {
    if (this.isPlaying) {
      this.place += (this.context.currentTime - this.since) * this.speed;
      this.since = this.context.currentTime;
    }
    this.speed = speed;
  }

  set volume(value) {
    this.loudness = value;
    if (this.synth) this.synth.volume = value;
  }

  #look() {
    const { notes, duration } = this.piece;
    const now = this.context.currentTime;
    const until = now + (document.hidden ? LOOK_AHEAD_HIDDEN : LOOK_AHEAD);
    for (; this.next < notes.length; this.next++) {
      const [start, length, pitch, velocity] = notes[this.next];
      const begin = Math.max(start, this.place);
      const time = this.since + (begin - this.place) / this.speed;
      if (time > until) break;
      if (start + length <= begin) continue;
      const seconds = (start + length - begin) / this.speed;
      this.synth.play(this.instrument, Math.max(time, now), seconds, pitch, velocity);
    }
    if (this.position >= duration) {
      this.pause();
      this.place = 0;
      this.ended();
    }
  }
}
