// The three words that a Teams tab owes the program around it. The library of the vendor would
// ask another host for its list of domains, which the policy of this page forbids.

import { surroundings } from './browser';

const VERSION = '2.31.1';
const WAIT_MS = 5_000;

export function greetTeams(): void {
  const [parent] = surroundings().around;
  if (!parent || window.parent === window) return;
  const origin = new URL(parent).origin;
  let id = 0;
  const say = (func: string, args: unknown[]): void => {
    window.parent.postMessage({ id: id++, func, timestamp: Date.now(), args }, origin);
  };
  const answered = (event: MessageEvent): void => {
    if (event.source !== window.parent || event.origin !== origin) return;
    window.removeEventListener('message', answered);
    say('appInitialization.appLoaded', [VERSION]);
    say('appInitialization.success', [VERSION]);
  };
  window.addEventListener('message', answered);
  setTimeout(() => window.removeEventListener('message', answered), WAIT_MS);
  say('initialize', [VERSION, 4]);
}
