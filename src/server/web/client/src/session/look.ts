// What somebody sees, asked of the bridge by a host.

import { lang } from '../i18n';
import { api, type Place } from '../place';
import type { LookQuestion, Problem, Seat } from '../protocol';

export type LookAnswer =
  | { is: 'picture'; picture: ImageBitmap }
  /** The bridge sends no picture there. */
  | { is: 'nothing' }
  /** Why not, in words of the bridge; empty where it was not reached. */
  | { is: 'problem'; text: string };

/** The code of `NothingSeen` in `src/server/web/signal/trouble.rs`. */
const NOTHING_SEEN = 'CW-WEB-014';

export async function askLook(place: Place, seat: Seat | null, participant: number, signal: AbortSignal): Promise<LookAnswer> {
  if (!seat) return { is: 'problem', text: '' };
  const question: LookQuestion = { seat, participant, lang: lang.value };
  try {
    const response = await fetch(api(place, 'look'), {
      method: 'POST', cache: 'no-store', credentials: 'omit', signal,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(question),
    });
    if (response.ok) return { is: 'picture', picture: await createImageBitmap(await response.blob()) };
    const problem = (await response.json()) as Problem;
    return problem.code === NOTHING_SEEN ? { is: 'nothing' } : { is: 'problem', text: problem.text };
  } catch {
    return { is: 'problem', text: '' };
  }
}
