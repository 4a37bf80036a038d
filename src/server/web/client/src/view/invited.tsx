import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { strings } from '../i18n';
import type { InvitedWay } from '../protocol';
import { useClient } from './context';
import { Icon } from './icon';

/** As long as the bridge reads, were every character of three bytes. */
const MAX_PASTED = 10_000;

/** An invitation of another service: pasted, what it says, and a call by one of its ways. */
export function Invited(): JSX.Element {
  const client = useClient();
  const text = useSignal('');
  const [id, hint] = [useId(), useId()];
  const { invitation } = client.session.value;
  const t = strings.value.host;
  const read = (event: Event): void => {
    event.preventDefault();
    if (text.value.trim() !== '') client.readInvitation(text.value);
  };
  return (
    <form class="stack inset" onSubmit={read}>
      <h3>{t.paste}</h3>
      <div class="field">
        <label for={id}>{t.pasted}</label>
        <textarea id={id} rows={4} maxLength={MAX_PASTED} aria-describedby={hint} value={text.value} onInput={(event) => { text.value = event.currentTarget.value; }} />
      </div>
      <p id={hint} class="hint">{t.pasteHint}</p>
      <button type="submit">{t.read}</button>
      <div class="stack" role="status">
        {invitation?.ways.map((way) => <Way key={`${way.protocol} ${way.address} ${way.digits}`} way={way} />)}
        {invitation?.ways.length === 0 && <p class="hint">{t.noWays}</p>}
        {invitation?.look_alikes.map((host) => <p key={host} class="hint bad">{t.lookAlike(host)}</p>)}
      </div>
    </form>
  );
}

function Way({ way }: { way: InvitedWay }): JSX.Element {
  const client = useClient();
  const t = strings.value.host;
  const { target } = way;
  const name = [way.service, way.meeting].filter(Boolean).join(' ');
  return (
    <div class="stack">
      <p>
        <strong>{name} · {way.protocol}</strong> <span class="address">{way.address}</span>
        {way.digits !== '' && <> {t.then(way.digits)}</>}
      </p>
      <p class="hint">{way.why}</p>
      {target !== null && (
        <button type="button" disabled={!way.allowed} onClick={() => client.callOut(target, name, way.digits)}>
          <Icon name="phone" />{t.call}
        </button>
      )}
    </div>
  );
}
