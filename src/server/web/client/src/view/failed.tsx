import type { JSX } from 'preact';
import { strings } from '../i18n';
import { firstFailing, ladder, type Mark, type Observation } from '../ladder/ladder';
import { useClient, useHeadingFocus } from './context';
import { Copy } from './copy';
import { Icon, type IconName } from './icon';
import { PhoneCard } from './phone';

const ICONS: Record<Mark, IconName> = { passed: 'check', failed: 'cross', not_tried: 'dash', not_offered: 'dash' };

/** The first step that failed, the next step, and the way by telephone. */
export function Failed(): JSX.Element {
  const client = useClient();
  const { phase, phone } = client.session.value;
  const t = strings.value;
  const lost = phase.at === 'failed' && phase.seen.seatLost;
  const title = lost ? t.failed.lost : t.failed.heading;
  const heading = useHeadingFocus(title);
  if (phase.at !== 'failed') return <main />;
  const { seen } = phase;
  const rung = firstFailing(seen);
  return (
    <main class="page">
      <h1 ref={heading} tabIndex={-1}>{title}</h1>
      <div class="columns">
        <section class="card stack" role="alert">
          <p class="verdict fail"><Icon name="cross" />{lost ? t.failed.lostWhat : t.failed.what[rung]}</p>
          {seen.problem && <p>{seen.problem.text} <span class="code">{t.common.code(seen.problem.code)}</span></p>}
          {!seen.problem && <p>{lost ? t.failed.lostNext : t.failed.next[rung]}</p>}
          <div class="row wrap">
            <button type="button" class="primary" onClick={() => void client.again()}>{lost ? t.ended.again : t.common.retry}</button>
            <Copy label={t.failed.report} text={() => report(seen)} />
          </div>
        </section>
        <div class="stack">
          <section class="card" aria-labelledby="ladder">
            <h2 id="ladder">{t.failed.ladder}</h2>
            <LadderList seen={seen} />
          </section>
          <section class="card" aria-labelledby="by-phone">
            <h2 id="by-phone">{t.phone.heading}</h2>
            <PhoneCard phone={phone} />
          </section>
        </div>
      </div>
    </main>
  );
}

export function LadderList({ seen }: { seen: Observation }): JSX.Element {
  const t = strings.value.failed;
  return (
    <ol class="ladder">
      {ladder(seen).map(({ rung, mark }) => (
        <li key={rung} class={mark}>
          <Icon name={ICONS[mark]} />
          <span>{t.rung[rung]}</span>
          <span class="mark">{t[mark]}</span>
        </li>
      ))}
    </ol>
  );
}

/** For IT: without the token, which would let its reader in. */
function report(seen: Observation): string {
  const lines = ladder(seen).map(({ rung, mark }) => `${rung}: ${mark}`);
  return [
    `Causeway ${window.location.origin}${window.location.pathname}`,
    new Date().toISOString(),
    navigator.userAgent,
    ...lines,
    seen.problem ? `${seen.problem.code} ${seen.problem.text}` : '',
  ].join('\n');
}
