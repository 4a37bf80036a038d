// How what is seen of the meeting arrives: its size, how often it changes, and what is lost of it.

/** What is counted, and when. */
interface Sample {
  at: number;
  received: number;
  lost: number;
  frames: number;
}

export interface Arrival {
  width: number;
  height: number;
  framesPerSecond: number;
  lossPermille: number;
}

export type Verdict = 'good' | 'fair' | 'bad';

type Entry = Record<string, unknown>;

/** From what was counted at two times, of what is largest of what changes: the picture, or the tile of
 *  who speaks. Nothing while no picture came. */
export class ArrivalMeter {
  private before = new Map<unknown, Sample>();

  take(report: { forEach(each: (entry: Entry) => void): void }): Arrival | null {
    const samples = new Map<unknown, Sample>();
    let found: Arrival | null = null;
    report.forEach((entry) => {
      if (entry.type !== 'inbound-rtp' || entry.kind !== 'video' || !number(entry.frameWidth) || !number(entry.framesDecoded)) return;
      const now: Sample = {
        at: number(entry.timestamp), received: number(entry.packetsReceived), lost: number(entry.packetsLost), frames: number(entry.framesDecoded),
      };
      samples.set(entry.id, now);
      const arrival = between(this.before.get(entry.id), now, entry);
      if (arrival && (!found || weight(arrival) > weight(found))) found = arrival;
    });
    this.before = samples;
    return found;
  }
}

const weight = ({ framesPerSecond, width, height }: Arrival): number => (framesPerSecond > 0 ? 1 + width * height : 0);

function between(before: Sample | undefined, now: Sample, entry: Entry): Arrival | null {
  const seconds = before ? (now.at - before.at) / 1000 : 0;
  // Another connection counts from the beginning.
  if (!before || seconds <= 0 || now.frames < before.frames) return null;
  const lost = Math.max(0, now.lost - before.lost);
  const sent = now.received - before.received + lost;
  return {
    width: number(entry.frameWidth),
    height: number(entry.frameHeight),
    framesPerSecond: Math.round((now.frames - before.frames) / seconds),
    lossPermille: sent > 0 ? Math.round((1000 * lost) / sent) : 0,
  };
}

const number = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** A picture in which nothing moves is not sent again: only what is lost is a fault. */
export function verdictOf({ lossPermille, height }: Arrival): Verdict {
  if (lossPermille >= 50) return 'bad';
  return lossPermille >= 10 || height < 360 ? 'fair' : 'good';
}
