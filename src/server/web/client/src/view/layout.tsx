import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { strings } from '../i18n';
import type { Layout } from '../protocol';
import { useClient } from './context';
import { Dialog } from './dialog';

/** Those that can be chosen by a press, as places in 16 by 9: left, top, width, height. */
const PLACES: Record<Exclude<Layout, 'custom'>, readonly (readonly [number, number, number, number])[]> = {
  single: [[0, 0, 16, 9]],
  speaker: [[2, 0, 12, 6.500], [0, 7, 3.500, 2], [4.170, 7, 3.500, 2], [8.330, 7, 3.500, 2], [12.500, 7, 3.500, 2]],
  equal: [0, 1, 2].flatMap((row) => [0, 1, 2].map((column) => [column * 5.500, row * 3.100, 5, 2.800] as const)),
  side_by_side: [[0, 1, 11.500, 7], [12, 0, 4, 2], [12, 2.330, 4, 2], [12, 4.670, 4, 2], [12, 7, 4, 2]],
};
const CHOICES = Object.keys(PLACES) as (keyof typeof PLACES)[];

export function layoutName(layout: Layout): string {
  return strings.value.picture[layout];
}

/** How the picture is divided: for me; and, by hosts, for everybody. */
export function LayoutMenu({ close }: { close(): void }): JSX.Element {
  const client = useClient();
  const { view, scene, role } = client.session.value;
  const t = strings.value.picture;
  return (
    <Dialog heading={t.layout} close={close}>
      <div class="stack">
        <Layouts legend={t.mine} chosen={view.chosen} choose={(layout) => client.choose(layout)} meeting={scene.layout} />
        {role === 'host' && (
          <Layouts legend={t.all} hint={t.allHint} chosen={scene.layout} choose={(layout) => { if (layout) client.host({ do: 'set_layout', layout }); }} />
        )}
      </div>
    </Dialog>
  );
}

interface Props {
  legend: string;
  hint?: string;
  /** None: as the meeting. */
  chosen: Layout | null;
  choose(layout: Layout | null): void;
  /** What the meeting has, where it can be followed. */
  meeting?: Layout;
}

function Layouts({ legend, hint, chosen, choose, meeting }: Props): JSX.Element {
  const group = useId();
  const t = strings.value.picture;
  return (
    <fieldset class="layouts" aria-describedby={hint ? `${group}-hint` : undefined}>
      <legend>{legend}</legend>
      {meeting && (
        <label class="check follow">
          <input type="radio" name={group} checked={chosen === null} onChange={() => choose(null)} />
          {t.likeMeeting} ({layoutName(meeting)})
        </label>
      )}
      <div class="thumbnails">
        {CHOICES.map((layout) => (
          <label key={layout} class="thumbnail">
            <input type="radio" name={group} checked={chosen === layout} onChange={() => choose(layout)} />
            <span class="frame">
              <Thumbnail layout={layout} />
              <span>{layoutName(layout)}</span>
            </span>
          </label>
        ))}
      </div>
      {hint && <p id={`${group}-hint`} class="hint">{hint}</p>}
    </fieldset>
  );
}

function Thumbnail({ layout }: { layout: keyof typeof PLACES }): JSX.Element {
  return (
    <svg viewBox="-0.5 -0.5 17 10" aria-hidden="true" focusable="false">
      {PLACES[layout].map(([x, y, width, height], at) => (
        <rect key={at} class={at === 0 && layout !== 'equal' ? 'large' : ''} x={x} y={y} width={width} height={height} rx="0.4" />
      ))}
    </svg>
  );
}
