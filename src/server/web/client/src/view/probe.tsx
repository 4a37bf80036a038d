import type { JSX } from 'preact';
import { strings } from '../i18n';
import { judge, nothingFound, type Concern, type Found, type Verdict } from '../probe/verdict';
import { useClient } from './context';
import { Icon, type IconName } from './icon';

const ICONS: Record<Verdict, IconName> = { pass: 'check', partial: 'dash', warn: 'warn', fail: 'cross', unknown: 'dash' };

export function ProbeCard(): JSX.Element {
  const { probe, place, wantedKbps } = useClient();
  const state = probe.state.value;
  const t = strings.value.probe;
  const found = state.is === 'idle' ? nothingFound : state.found;
  const { verdict, concerns } = judge(found, wantedKbps.value);
  return (
    <section class="card" aria-labelledby="probe">
      <h2 id="probe">{t.heading}</h2>
      <div aria-live="polite">
        {state.is === 'running' && (
          <>
            <p>{t.running}</p>
            <progress value={state.share} max={1} aria-label={t.heading} />
          </>
        )}
        {state.is === 'done' && (
          <>
            <p class={`verdict ${verdict}`}><Icon name={ICONS[verdict]} />{t[verdict]}</p>
            {concerns.length > 0 && <ul class="concerns">{concerns.map((one) => <li key={one}>{sentence(one, wantedKbps.value)}</li>)}</ul>}
          </>
        )}
      </div>
      {state.is !== 'idle' && <Values found={found} done={state.is === 'done'} />}
      {state.is !== 'running' && (
        <button type="button" class="plain" onClick={() => void probe.run(place)}>
          {state.is === 'done' ? t.again : t.start}
        </button>
      )}
    </section>
  );
}

function sentence(concern: Concern, wantedKbps: number): string {
  const t = strings.value.probe.concern;
  return concern === 'slow' ? t.slow(String(wantedKbps / 1000)) : t[concern];
}

function Values({ found, done }: { found: Found; done: boolean }): JSX.Element {
  const t = strings.value.probe;
  const none = done ? t.unmeasured : '…';
  const path = (open: boolean | null): string => (open === null ? none : open ? t.open : t.blocked);
  const rate = (kbps: number | null): string => (kbps === null ? none : `${(kbps / 1000).toFixed(1)} Mbit/s`);
  const rows: [string, string][] = [
    [t.udp, path(found.udp)],
    [t.tcp, path(found.tcp)],
    [t.tls, path(found.tls)],
    [t.down, rate(found.downKbps)],
    [t.up, rate(found.upKbps)],
    [t.loss, found.lossPermille === null ? none : `${(found.lossPermille / 10).toFixed(1)} %`],
    [t.trip, found.roundTripMs === null ? none : `${found.roundTripMs} ms`],
  ];
  return (
    <details>
      <summary>{t.details}</summary>
      <dl class="facts">
        {rows.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
      </dl>
    </details>
  );
}
