import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { strings } from '../i18n';
import { isMirror } from '../media/camera';
import type { Tile } from '../protocol';
import { useClient } from './context';
import { layoutName } from './layout';
import { Avatar, Marks, nameOf } from './person';
import { Video } from './video';

/** A picture that does not come is not waited for any longer. */
const PATIENCE_MS = 1_500;

/** A line serves one after another: nobody is to be seen under the name of the next. */
const keyOf = ({ participant, line }: Tile): string => `${line ?? 'me'} ${participant}`;

/** The tiles, and whether they are shown rather than the picture. Either is left when the other is
 *  there; the last tiles stay until then. */
export function useWall(lit: ReadonlySet<string>, picture: () => HTMLVideoElement | null): { up: boolean; tiles: Tile[] } {
  const { wall } = useClient().session.value;
  const up = useSignal(false);
  const kept = useRef<Tile[]>([]);
  if (wall.tiles.length > 0 || !up.value) kept.current = wall.tiles;
  const wanted = wall.shown && kept.current.length > 0;
  const whole = wanted && kept.current.every((tile) => tile.line === null || lit.has(keyOf(tile)));
  useEffect(() => {
    if (wanted === up.value) return undefined;
    if (whole) {
      up.value = true;
      return undefined;
    }
    const change = (): void => { up.value = wanted; };
    const video = wanted ? null : picture();
    const frame = video && 'requestVideoFrameCallback' in video ? video.requestVideoFrameCallback(change) : null;
    const timer = setTimeout(change, PATIENCE_MS);
    return () => {
      clearTimeout(timer);
      if (frame !== null) video?.cancelVideoFrameCallback(frame);
    };
  }, [wanted, whole]);
  return { up: up.value, tiles: kept.current };
}

/** People as they send themselves, each in the place that the bridge gives. */
export function Wall({ tiles, up, light }: { tiles: Tile[]; up: boolean; light(tile: string): void }): JSX.Element {
  const { view } = useClient().session.value;
  const t = strings.value.picture;
  return (
    <ul class={up ? 'wall' : 'wall behind'} aria-label={`${t.name}: ${layoutName(view.layout)}`} aria-hidden={!up}>
      {tiles.map((tile) => <WallTile key={keyOf(tile)} tile={tile} light={light} />)}
    </ul>
  );
}

function WallTile({ tile, light }: { tile: Tile; light(tile: string): void }): JSX.Element | null {
  const { session, screen, hardware } = useClient();
  const { people, speaking } = session.value;
  const one = people.find(({ id }) => id === tile.participant);
  if (!one) return null;
  const { line } = tile;
  const stream = line === null ? null : screen.tiles.value.get(line);
  const using = line === null ? hardware.camera.using : null;
  const speaks = speaking.includes(one.id);
  const percent = (part: number): string => `${part / 100}%`;
  return (
    <li
      class={speaks ? 'speaking' : ''} data-participant={one.id}
      style={{ left: percent(tile.left), top: percent(tile.top), width: percent(tile.width), height: percent(tile.height) }}
    >
      <Avatar one={one} />
      {line !== null && stream && <Video stream={stream} label={nameOf(one)} lit={() => light(keyOf(tile))} />}
      {using && <Video stream={using.stream} label={nameOf(one)} mirrored={isMirror(using.track)} />}
      <span class="caption">
        <bdi class="name">{nameOf(one)}</bdi>
        <Marks one={one} speaking={speaks} />
      </span>
    </li>
  );
}
