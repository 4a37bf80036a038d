import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { strings } from '../i18n';
import { ArrivalMeter, verdictOf, type Arrival } from '../media/arrival';
import { useClient } from './context';
import { Icon, type IconName } from './icon';
import { LayoutMenu, layoutName } from './layout';
import { nameOf } from './person';
import { Video } from './video';
import { useWall, Wall } from './wall';

/** The picture of the meeting, as large as there is room, and below it what one can change of it. */
export function Picture({ stream }: { stream: MediaStream }): JSX.Element {
  const { screen, session } = useClient();
  const { view } = session.value;
  const t = strings.value.picture;
  const lit = useSignal<ReadonlySet<string>>(new Set());
  const { up, tiles } = useWall(lit.value, pictureElement);
  const light = (tile: string): void => { lit.value = new Set(lit.value).add(tile); };
  return (
    <figure class="picture">
      <div class={up ? 'canvas with-wall' : 'canvas'}>
        <Video stream={stream} label={`${t.name}: ${layoutName(view.layout)}`} class="meeting-video" lit={() => { screen.lit.value = true; }} />
        {tiles.length > 0 && <Wall tiles={tiles} up={up} light={light} />}
        {!screen.lit.value && !up && <p class="hint" role="status">{t.waiting}</p>}
      </div>
      <figcaption><Tools /></figcaption>
    </figure>
  );
}

const pictureElement = (): HTMLVideoElement | null => document.querySelector<HTMLVideoElement>('.meeting-video');

function Tools(): JSX.Element {
  const client = useClient();
  const { view } = client.session.value;
  const menu = useSignal(false);
  const t = strings.value.picture;
  return (
    <div class="tools" role="group" aria-label={t.tools}>
      <button type="button" class="small" aria-expanded={menu.value} onClick={() => { menu.value = true; }}><Icon name="layout" />{t.layout}</button>
      {view.pages > 1 && <Pages page={view.page} pages={view.pages} />}
      {view.more > 0 && <span class="more-unseen" role="status"><Icon name="camera" />{t.more(view.more)}</span>}
      <Large />
      <Arriving />
      <Windows />
      {menu.value && <LayoutMenu close={() => { menu.value = false; }} />}
    </div>
  );
}

function Pages({ page, pages }: { page: number; pages: number }): JSX.Element {
  const client = useClient();
  const t = strings.value.picture;
  const turn = (by: number): void => {
    const to = page + by;
    if (to >= 0 && to < pages) client.turn(to);
  };
  return (
    <span class="pages">
      <button type="button" class="small square" aria-label={t.before} aria-disabled={page === 0} onClick={() => turn(-1)}><Icon name="before" /></button>
      <span role="status"><span aria-hidden="true">{page + 1} / {pages}</span><span class="unseen">{t.page(page + 1, pages)}</span></span>
      <button type="button" class="small square" aria-label={t.after} aria-disabled={page + 1 >= pages} onClick={() => turn(1)}><Icon name="after" /></button>
    </span>
  );
}

/** Who is large whoever speaks, by my pin or for all. */
function Large(): JSX.Element | null {
  const client = useClient();
  const { view, scene, people } = client.session.value;
  const t = strings.value.picture;
  const pinned = people.find((one) => one.id === view.pinned);
  if (pinned) {
    return (
      <span class="large-one">
        <Icon name="pin" />
        <bdi class="name">{t.pinned(nameOf(pinned))}</bdi>
        <button type="button" class="small" onClick={() => client.keepLarge(null)}>{t.unpin}</button>
      </span>
    );
  }
  const lit = people.find((one) => one.id === scene.spotlight);
  return lit ? <span class="large-one"><Icon name="spotlight" /><bdi class="name">{t.spotlight(nameOf(lit))}</bdi></span> : null;
}

const ARRIVAL_MS = 2_000;

/** What arrives: for who wonders whether the network or the camera is to blame. */
function Arriving(): JSX.Element {
  const client = useClient();
  const arrival = useSignal<Arrival | null>(null);
  useEffect(() => {
    const meter = new ArrivalMeter();
    const look = async (): Promise<void> => {
      const stats = await client.stats();
      arrival.value = stats && meter.take(stats);
    };
    void look();
    const timer = setInterval(() => void look(), ARRIVAL_MS);
    return () => clearInterval(timer);
  }, []);
  const t = strings.value.picture;
  if (!arrival.value) return <span class="arrival" />;
  const { width, height, framesPerSecond } = arrival.value;
  const verdict = verdictOf(arrival.value);
  return <span class={`arrival ${verdict}`}>{t.arrival(width, height, framesPerSecond, t[verdict])}</span>;
}

/** Out of the page, and over the whole screen, where the browser has it. Of tiles, the largest goes
 *  out, and all of them over the screen. */
function Windows(): JSX.Element {
  const t = strings.value.picture;
  const apart = document.pictureInPictureEnabled && 'requestPictureInPicture' in HTMLVideoElement.prototype;
  return (
    <>
      {apart && <Window icon="pip" label={t.pip} press={(video) => (document.pictureInPictureElement ? document.exitPictureInPicture() : video.requestPictureInPicture())} />}
      {document.fullscreenEnabled && <Window icon="full" label={t.full} press={(video) => (video.closest('.with-wall') ?? video).requestFullscreen()} />}
    </>
  );
}

function Window({ icon, label, press }: { icon: IconName; label: string; press(video: HTMLVideoElement): Promise<unknown> }): JSX.Element {
  const go = (): void => {
    const video = document.querySelector<HTMLVideoElement>('.with-wall li .video') ?? pictureElement();
    // The browser may refuse, as before the first picture.
    if (video) void press(video).catch(() => undefined);
  };
  return <button type="button" class="small square" aria-label={label} title={label} onClick={go}><Icon name={icon} /></button>;
}
