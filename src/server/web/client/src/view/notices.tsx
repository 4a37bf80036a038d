import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { strings } from '../i18n';
import type { Notice, NumberedNotice } from '../session/state';
import { useClient } from './context';
import { nameOf } from './person';

const SHOWN_MS = 7_000;
/** Heard by a screen reader, but not shown: the page shows it otherwise, or it is of little weight. */
const ONLY_SAID: ReadonlySet<Notice['is']> = new Set(['came', 'went', 'chat', 'muted', 'unmuted', 'admitted', 'camera_on', 'camera_off']);

export function Notices(): JSX.Element {
  const client = useClient();
  const { notices, role } = client.session.value;
  const last = notices[notices.length - 1]?.id;
  useEffect(() => {
    const timers = notices.map(({ id }) => setTimeout(() => client.dispatch({ type: 'read', notice: id }), SHOWN_MS));
    return () => timers.forEach(clearTimeout);
  }, [last]);
  const shown = notices.filter(({ notice }) => !ONLY_SAID.has(notice.is) && !(notice.is === 'waits' && role !== 'host') && !standsInBanner(notice));
  return (
    <>
      <div class="unseen" role="log" aria-live="polite" aria-relevant="additions">
        {notices.map((one) => <p key={one.id}>{textOf(one)}</p>)}
      </div>
      <div class="toasts" aria-hidden="true">
        {shown.map((one) => <p key={one.id} class={one.notice.is === 'failed' ? 'toast bad' : 'toast'}>{textOf(one)}</p>)}
      </div>
    </>
  );
}

/** While a strain lasts a banner shows it; that it is over shows nowhere else. */
const standsInBanner = (notice: Notice): boolean => notice.is === 'strain' && notice.strain !== 'none';

function textOf({ notice }: NumberedNotice): string {
  const t = strings.value.notice;
  switch (notice.is) {
    case 'came':
    case 'went':
    case 'hand':
    case 'waits':
      return t[notice.is](nameOf(notice.who));
    case 'chat':
      return t.chat(notice.name || strings.value.common.unnamed, notice.text);
    case 'failed':
      return `${notice.problem.text} (${notice.problem.code})`;
    case 'strain':
      return strings.value.picture.strain[notice.strain];
    case 'spotlight':
      return notice.who ? t.spotlight(nameOf(notice.who)) : t.spotlightEnds;
    default:
      return t[notice.is];
  }
}
