"use strict";
// Instruments made of sine partials, an envelope and a low-pass filter each, in a small room.

// partials: strength of each, the fundamental first. attack, release: seconds. decay: seconds in
// which middle C falls to 1/e of its strength, longer below and shorter above; what it falls to is
// sustain. cutoff: of the filter, in multiples of the note's frequency, at its beginning and later.
// detune: cents between two reeds; vibrato: cents. breath: noise, as of air or of a hammer.
const INSTRUMENTS = {
  piano: {
    label: "Piano", partials: [1, 0.46, 0.3, 0.17, 0.12, 0.08, 0.04, 0.03], attack: 0.004,
    decay: 0.9, sustain: 0, release: 0.09, cutoff: [7, 2.2], detune: 2.5, breath: [0.05, 0.03],
    level: 0.62,
  },
  harp: {
    label: "Harp", partials: [1, 0.55, 0.36, 0.2, 0.16, 0.08, 0.07, 0.04], attack: 0.002,
    decay: 0.6, sustain: 0, release: 0.25, cutoff: [9, 1.6], detune: 0, breath: [0.03, 0.015],
    level: 0.66,
  },
  flute: {
    label: "Flute", partials: [1, 0.22, 0.1, 0.02, 0.01], attack: 0.05, decay: 0.3, sustain: 0.85,
    release: 0.07, cutoff: [5, 4], detune: 0, vibrato: 9, breath: [0.035, 0.07], level: 0.36,
  },
  fiddle: {
    label: "Fiddle", partials: [1, 0.62, 0.48, 0.34, 0.3, 0.2, 0.16, 0.12, 0.1, 0.08, 0.05],
    attack: 0.045, decay: 0.25, sustain: 0.8, release: 0.08, cutoff: [4, 7], detune: 0,
    vibrato: 12, breath: [0.02, 0.05], level: 0.42,
  },
  melodeon: {
    label: "Melodeon", partials: [1, 0.72, 0.5, 0.42, 0.26, 0.24, 0.16, 0.12, 0.08, 0.05],
    attack: 0.022, decay: 0.2, sustain: 0.88, release: 0.05, cutoff: [7, 8], detune: 9,
    breath: [0.006, 0.03], level: 0.5,
  },
};

// The instrument that is nearest to a program of General MIDI, counted from 0.
function instrumentOfProgram(program) {
  if (program < 8) return "piano";
  if (program < 16 || (program >= 24 && program < 40) || program === 46) return "harp";
  if (program < 24) return "melodeon";
  if (program < 56) return "fiddle";
  return program < 80 ? "flute" : "piano";
}

class Synth {
  constructor(context) {
    this.context = context;
    this.master = context.createGain();
    const compressor = new DynamicsCompressorNode(context, {
      threshold: -16, knee: 12, ratio: 5, attack: 0.004, release: 0.18,
    });
    this.analyser = new AnalyserNode(context, { fftSize: 2048 });
    this.room = new ConvolverNode(context, { buffer: this.#echoes(1.3) });
    const wet = new GainNode(context, { gain: 0.22 });
    this.room.connect(wet).connect(this.master);
    this.master.connect(compressor).connect(this.analyser).connect(context.destination);
    this.noise = this.#noise(1);
    this.waves = new Map();
    this.bus = null;
  }

  set volume(value) {
    this.master.gain.setTargetAtTime(value * value, this.context.currentTime, 0.02);
  }

  // What is played from now on can be silenced together.
  begin() {
    this.silence();
    this.bus = new GainNode(this.context);
    this.bus.connect(this.master);
    this.bus.connect(this.room);
  }

  silence() {
    const { bus, context } = this;
    if (!bus) return;
    bus.gain.setTargetAtTime(0, context.currentTime, 0.015);
    setTimeout(() => bus.disconnect(), 200);
    this.bus = null;
  }

  // A note: time and length in seconds of the context, MIDI pitch and velocity.
  play(name, time, length, pitch, velocity) {
    const { context } = this;
    const sound = INSTRUMENTS[name];
    const frequency = 440 * 2 ** ((pitch - 69) / 12);
    const nyquist = context.sampleRate / 2;
    const end = time + Math.max(length, sound.attack + 0.02);
    const stop = end + 6 * sound.release;
    const filter = new BiquadFilterNode(context, { type: "lowpass", Q: 0.4 });
    const brightness = 0.55 + 0.6 * (velocity / 127);
    const [first, later] = sound.cutoff.map(
      (multiple) => Math.min(nyquist * 0.9, Math.max(900, multiple * frequency * brightness)));
    filter.frequency.setValueAtTime(first, time);
    filter.frequency.setTargetAtTime(later, time + sound.attack, 0.18);
    const envelope = new GainNode(context, { gain: 0 });
    this.#shape(envelope.gain, sound, time, end, pitch, velocity);
    const voices = sound.detune ? [-sound.detune / 2, sound.detune / 2] : [0];
    for (const cents of voices) {
      const oscillator = new OscillatorNode(context, { frequency, detune: cents });
      oscillator.setPeriodicWave(this.#wave(name, frequency, nyquist));
      if (sound.vibrato) this.#sway(oscillator.detune, sound.vibrato, time, length, stop);
      oscillator.connect(new GainNode(context, { gain: 1 / voices.length })).connect(filter);
      oscillator.start(time);
      oscillator.stop(stop);
    }
    this.#breathe(filter, sound, time, end, frequency);
    filter.connect(envelope).connect(this.bus);
  }

  #shape(gain, sound, time, end, pitch, velocity) {
    // High notes carry further.
    const peak = sound.level * (velocity / 127) ** 1.3 * 2 ** ((60 - pitch) / 48);
    const decay = sound.sustain ? sound.decay : sound.decay * 2 ** ((60 - pitch) / 15);
    gain.setValueAtTime(0, time);
    gain.linearRampToValueAtTime(peak, time + sound.attack);
    gain.setTargetAtTime(peak * sound.sustain, time + sound.attack, decay);
    gain.setTargetAtTime(0, end, sound.release);
  }

  #sway(detune, cents, time, length, stop) {
    if (length < 0.35) return;
    const wave = new OscillatorNode(this.context, { frequency: 5.3 });
    const depth = new GainNode(this.context, { gain: 0 });
    depth.gain.setValueAtTime(0, time + 0.15);
    depth.gain.linearRampToValueAtTime(cents, time + 0.45);
    wave.connect(depth).connect(detune);
    wave.start(time);
    wave.stop(stop);
  }

  // Noise about the note: how strong, and for how long.
  #breathe(target, sound, time, end, frequency) {
    const [strength, seconds] = sound.breath;
    const source = new AudioBufferSourceNode(this.context, { buffer: this.noise, loop: true });
    const band = new BiquadFilterNode(this.context, {
      type: "bandpass", frequency: Math.min(6000, 2.5 * frequency), Q: 0.8,
    });
    const gain = new GainNode(this.context, { gain: 0 });
    gain.gain.setValueAtTime(strength * 6, time);
    gain.gain.setTargetAtTime(sound.sustain ? strength : 0, time, seconds);
    source.connect(band).connect(gain).connect(target);
    source.start(time, Math.random() * 0.9);
    source.stop(Math.min(end, time + (sound.sustain ? Infinity : 8 * seconds)));
  }

  // The partials that are below half the sample rate.
  #wave(name, frequency, nyquist) {
    const { partials } = INSTRUMENTS[name];
    const count = Math.max(1, Math.min(partials.length, Math.floor(nyquist / frequency)));
    const key = `${name} ${count}`;
    if (!this.waves.has(key)) {
      const imaginary = new Float32Array([0, ...partials.slice(0, count)]);
      const real = new Float32Array(imaginary.length);
      this.waves.set(key, this.context.createPeriodicWave(real, imaginary));
    }
    return this.waves.get(key);
  }

  #noise(seconds) {
    const { sampleRate } = this.context;
    const buffer = this.context.createBuffer(1, seconds * sampleRate, sampleRate);
    const samples = buffer.getChannelData(0);
    for (let i = 0; i < samples.length; i++) samples[i] = 2 * Math.random() - 1;
    return buffer;
  }

  // The answer of a room: noise that dies away, darker and darker.
  #echoes(seconds) {
    const { sampleRate } = this.context;
    const buffer = this.context.createBuffer(2, seconds * sampleRate, sampleRate);
    for (let channel = 0; channel < 2; channel++) {
      const samples = buffer.getChannelData(channel);
      let low = 0;
      for (let i = 0; i < samples.length; i++) {
        const left = 1 - i / samples.length;
        low += (2 * Math.random() - 1 - low) * (0.08 + 0.5 * left * left);
        samples[i] = low * left ** 3;
      }
    }
    return buffer;
  }
}
