import type { JSX } from 'preact';
import { strings } from '../i18n';
import { present } from '../session/state';
import { useClient } from './context';
import { Avatar, KindMark, Marks, nameOf } from './person';

/** More tiles than this are too small to tell anything; the list has everybody. */
const MAX_TILES = 16;

/** Everybody as a tile; a tile will hold a picture when there is video. */
export function Stage(): JSX.Element {
  const { session } = useClient();
  const { speaking, seat } = session.value;
  const t = strings.value;
  const people = present(session.value);
  // Speakers get a tile even in a crowd; who has one keeps the place.
  const first = people.slice(0, MAX_TILES);
  const called = people.slice(MAX_TILES).filter((one) => speaking.includes(one.id));
  const shown = [...first.slice(0, MAX_TILES - called.length), ...called].slice(0, MAX_TILES);
  const rest = people.length - shown.length;
  return (
    <section class="stage" tabIndex={0} aria-label={t.meeting.main}>
      <ul class={`tiles count-${shown.length}`}>
        {shown.map((one) => {
          const speaks = speaking.includes(one.id);
          return (
            <li key={one.id} class={speaks ? 'tile speaking' : 'tile'}>
              <Avatar one={one} />
              <span class="caption">
                <KindMark one={one} />
                <bdi class="name">{nameOf(one)}</bdi>
                {one.id === seat?.participant && <span class="self">{t.person.you}</span>}
                <Marks one={one} speaking={speaks} />
              </span>
            </li>
          );
        })}
      </ul>
      {people.length <= 1 && <p class="hint alone">{t.meeting.alone}</p>}
      {rest > 0 && <p class="hint alone">{t.meeting.more(rest)}</p>}
    </section>
  );
}
