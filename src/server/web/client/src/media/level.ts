// How loud a stream is, 0 to 1, and a tone to test the speaker.

let context: AudioContext | null = null;

/** One context for the page: browsers limit their number. */
export function audioContext(): AudioContext | null {
  if (context === null && typeof AudioContext === 'function') context = new AudioContext();
  if (context?.state === 'suspended') void context.resume().catch(() => undefined);
  return context;
}

/** Below this the meter shows nothing. */
const QUIET_DB = -60;
const LOUD_DB = -6;

export function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const db = 10 * Math.log10(sum / Math.max(1, samples.length) + 1e-12);
  return Math.min(1, Math.max(0, (db - QUIET_DB) / (LOUD_DB - QUIET_DB)));
}

/** Calls `show` until the returned function is called. */
export function watchLevel(stream: MediaStream, show: (level: number) => void, everyMs: number): () => void {
  const audio = audioContext();
  if (!audio) return () => undefined;
  const source = audio.createMediaStreamSource(stream);
  const analyser = audio.createAnalyser();
  analyser.fftSize = 1024;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    show(levelOf(samples));
  }, everyMs);
  return () => {
    clearInterval(timer);
    source.disconnect();
  };
}

/** Two soft tones, by the chosen speaker. */
export async function testTone(speaker: string): Promise<void> {
  const audio = audioContext();
  if (!audio) return;
  const out = audio.createMediaStreamDestination();
  const gain = audio.createGain();
  gain.gain.value = 0;
  gain.connect(out);
  const element = new Audio();
  element.srcObject = out.stream;
  await sinkTo(element, speaker);
  await element.play();
  const start = audio.currentTime + 0.05;
  [523, 659].forEach((frequency, index) => {
    const tone = audio.createOscillator();
    const from = start + index * 0.4;
    tone.frequency.value = frequency;
    tone.connect(gain);
    gain.gain.setTargetAtTime(0.2, from, 0.02);
    gain.gain.setTargetAtTime(0, from + 0.3, 0.03);
    tone.start(from);
    tone.stop(from + 0.4);
  });
  setTimeout(() => element.pause(), 1_500);
}

export async function sinkTo(element: HTMLAudioElement, speaker: string): Promise<void> {
  const chooser = element as HTMLAudioElement & { setSinkId?(id: string): Promise<void> };
  // Empty is the system's, also after another was chosen.
  await chooser.setSinkId?.(speaker).catch(() => undefined);
}
