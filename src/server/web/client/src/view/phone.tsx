import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { strings } from '../i18n';
import type { Phone } from '../protocol';
import type { Call } from '../session/state';
import { useClient } from './context';
import { Icon } from './icon';

/** The number, the codes, and one tap that dials both. */
export function PhoneCard({ phone }: { phone: Phone | null }): JSX.Element {
  const t = strings.value.phone;
  if (!phone) return <p class="hint">{t.none}</p>;
  const code = phone.personal_code ?? phone.code;
  return (
    <div class="phone-card">
      <a class="button wide" href={dialLink(phone.number, code)}>
        <Icon name="phone" />
        {t.dial(phone.number)}
      </a>
      <dl class="facts">
        <dt>{t.number}</dt>
        <dd>{phone.number}</dd>
        <dt>{phone.personal_code ? t.personal : t.code}</dt>
        <dd>{code}#</dd>
      </dl>
      {phone.personal_code && <p class="hint">{t.personalHint}</p>}
    </div>
  );
}

/** Two commas: the pause in which the bridge answers and asks. */
export function dialLink(number: string, code: string): string {
  return `tel:${number.replace(/[^\d+*#]/g, '')},,${encodeURIComponent(`${code}#`)}`;
}

export function CallMe(): JSX.Element | null {
  const client = useClient();
  const number = useSignal('');
  const missing = useSignal(false);
  const [id, hint] = [useId(), useId()];
  const t = strings.value.phone;
  if (!client.session.value.rules.may_call_me) return null;
  const call = (event: Event): void => {
    event.preventDefault();
    missing.value = number.value.trim() === '';
    if (!missing.value) client.callMe(number.value.trim());
  };
  return (
    <form class="stack" onSubmit={call} noValidate>
      <label for={id}>{t.yourNumber}</label>
      <div class="row">
        <input
          id={id} type="tel" autocomplete="tel" maxLength={40} value={number.value} aria-describedby={hint}
          aria-invalid={missing.value} onInput={(event) => { number.value = event.currentTarget.value; }}
        />
        <button type="submit"><Icon name="phone" />{t.callMe}</button>
      </div>
      <p id={hint} class={missing.value ? 'hint bad' : 'hint'}>{missing.value ? t.numberNeeded : t.callMeHint}</p>
      <Calls calls={client.session.value.calls} />
    </form>
  );
}

export function Calls({ calls }: { calls: Call[] }): JSX.Element {
  const t = strings.value.call;
  return (
    <ul class="calls" aria-live="polite">
      {calls.map((call) => (
        <li key={call.target} class={`call ${call.state}`}>
          {t[call.state](call.target)}
          {call.problem && <> {call.problem.text} <span class="code">{call.problem.code}</span></>}
        </li>
      ))}
    </ul>
  );
}
