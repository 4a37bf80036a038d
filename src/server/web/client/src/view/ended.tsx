import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { strings } from '../i18n';
import { useClient, useHeadingFocus } from './context';

const SCORES = [1, 2, 3, 4, 5] as const;

export function Ended(): JSX.Element {
  const client = useClient();
  const { phase } = client.session.value;
  const t = strings.value;
  const told = phase.at === 'ended' && phase.why.is === 'told' ? phase.why.problem : null;
  const title = told ? t.ended.over : t.ended.left;
  const heading = useHeadingFocus(title);
  const thanks = useRef<HTMLParagraphElement>(null);
  const sent = client.feedback.value === 'sent';
  // The buttons are gone: the focus must not be lost with them.
  useEffect(() => { if (sent) thanks.current?.focus(); }, [sent]);
  return (
    <main class="page narrow">
      <section class="card stack ended">
        <h1 ref={heading} tabIndex={-1}>{title}</h1>
        {told && <p>{told.text} <span class="code">{t.common.code(told.code)}</span></p>}
        {client.feedback.value === 'open' && (
          <fieldset class="rating">
            <legend>{t.ended.question}</legend>
            <p class="hint">{t.ended.scale}</p>
            <div class="scores">
              {SCORES.map((score) => (
                <button key={score} type="button" aria-label={t.ended.score(score)} onClick={() => client.rate(score)}>
                  {score}
                </button>
              ))}
            </div>
          </fieldset>
        )}
        <p ref={thanks} role="status" tabIndex={-1}>{sent ? t.ended.thanks : ''}</p>
        <div class="row wrap">
          <button type="button" class="primary" onClick={() => void client.again()}>{t.ended.again}</button>
          <span class="hint">{t.ended.close}</span>
        </div>
      </section>
    </main>
  );
}
