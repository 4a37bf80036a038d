// When to try again after a break.

/** The bridge keeps a seat for so long; after that, trying is useless. */
export const GIVE_UP_MS = 30_000;

const FIRST_MS = 250;
const LONGEST_MS = 4_000;

/** The pause before an attempt, from 1. `random` in 0..1 spreads a crowd that was cut at once. */
export function pause(attempt: number, random: number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1));
  return Math.round(full * (0.5 + random / 2));
}
