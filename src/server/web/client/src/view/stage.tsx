import type { JSX } from 'preact';
import { strings } from '../i18n';
import { isMirror } from '../media/camera';
import { present, seesSomebody } from '../session/state';
import { useClient } from './context';
import { narrow } from './narrow';
import { Avatar, KindMark, Marks, nameOf } from './person';
import { Picture } from './picture';
import { SelfView } from './self';
import { Video } from './video';

/** More tiles than this are too small to tell anything; the list has everybody. */
const MAX_TILES = 16;

/** The picture of the meeting where there is one, and everybody as a tile otherwise. */
export function Stage(): JSX.Element {
  const { screen, session } = useClient();
  const stream = screen.stream.value;
  const seen = stream !== null && seesSomebody(session.value);
  return (
    <section class={seen ? 'stage with-picture' : 'stage'} tabIndex={0} aria-label={strings.value.meeting.main}>
      {seen && <Picture stream={stream} />}
      {seen && <SelfView />}
      {(!seen || narrow.value) && <Tiles mine={!seen} />}
    </section>
  );
}

/** `mine`: my own tile has my picture. */
function Tiles({ mine }: { mine: boolean }): JSX.Element {
  const { session, hardware } = useClient();
  const using = mine ? hardware.camera.using : null;
  const { speaking, seat } = session.value;
  const t = strings.value;
  const people = present(session.value);
  // Speakers get a tile even in a crowd; who has one keeps the place.
  const first = people.slice(0, MAX_TILES);
  const called = people.slice(MAX_TILES).filter((one) => speaking.includes(one.id));
  const shown = [...first.slice(0, MAX_TILES - called.length), ...called].slice(0, MAX_TILES);
  const rest = people.length - shown.length;
  return (
    <>
      <ul class={`tiles count-${shown.length}`}>
        {shown.map((one) => {
          const speaks = speaking.includes(one.id);
          return (
            <li key={one.id} class={speaks ? 'tile speaking' : 'tile'}>
              {using && one.id === seat?.participant
                ? <Video stream={using.stream} label={t.camera.self} mirrored={isMirror(using.track)} />
                : <Avatar one={one} />}
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
    </>
  );
}
