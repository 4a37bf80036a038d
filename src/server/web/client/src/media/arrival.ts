// How the picture of the meeting arrives: its size, how often it changes, and what is lost of it.

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

/** From what was counted at two times. Nothing while no picture came. */
export class ArrivalMeter {
  private before: Sample | null = null;

  take(report: { forEach(each: (entry: Entry) => void): void }): Arrival | null {
    let found: Entry | null = null;
    report.forEach((entry) => {
      if (entry.type === 'inbound-rtp' && entry.kind === 'video') found = entry;
    });
    const entry = found as Entry | null;
    if (!entry || !number(entry.frameWidth) || !number(entry.framesDecoded)) {
      this.before = null;
      return null;
    }
    const now: Sample = {
      at: number(entry.timestamp), received: number(entry.packetsReceived), lost: number(entry.packetsLost), frames: number(entry.framesDecoded),
    };
    const { before } = this;
    this.before = now;
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
}

const number = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** A picture in which nothing moves is not sent again: only what is lost is a fault. */
export function verdictOf({ lossPermille, height }: Arrival): Verdict {
  if (lossPermille >= 50) return 'bad';
  return lossPermille >= 10 || height < 360 ? 'fair' : 'good';
}
