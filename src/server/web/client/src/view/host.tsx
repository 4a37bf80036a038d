import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { strings } from '../i18n';
import { useClient } from './context';
import { Confirm, Dialog } from './dialog';
import { Icon } from './icon';
import { Invited } from './invited';
import { Calls } from './phone';
import { Switch } from './switch';

export function HostControls({ close }: { close(): void }): JSX.Element {
  const client = useClient();
  const { rules, calls } = client.session.value;
  const ending = useSignal(false);
  const t = strings.value.host;
  if (ending.value) {
    return (
      <Confirm
        heading={t.endAsk} hint={t.endHint} yes={t.end} close={() => { ending.value = false; }}
        act={() => client.host({ do: 'end_for_all' })}
      />
    );
  }
  return (
    <Dialog heading={t.heading} close={close}>
      <div class="stack">
        <Switch label={t.allowUnmute} on={rules.may_unmute} set={(allowed) => client.host({ do: 'allow_unmute', allowed })} />
        {rules.may_call_out && (
          <Switch label={t.allowCallMe} hint={t.allowCallMeHint} on={rules.guests_call_me} set={(allowed) => client.host({ do: 'allow_call_me', allowed })} />
        )}
        <Switch label={t.lock} hint={t.lockHint} on={rules.locked} set={(locked) => client.host({ do: 'lock', locked })} />
        <button type="button" onClick={() => client.host({ do: 'mute_all' })}><Icon name="mic_off" />{t.muteAll}</button>
        {rules.may_call_out && <CallOut />}
        {rules.may_call_out && <Invited />}
        <Calls calls={calls} />
        <button type="button" class="danger" onClick={() => { ending.value = true; }}><Icon name="leave" />{t.end}</button>
      </div>
    </Dialog>
  );
}

function CallOut(): JSX.Element {
  const client = useClient();
  const [target, name] = [useSignal(''), useSignal('')];
  const [targetId, nameId] = [useId(), useId()];
  const t = strings.value;
  const call = (event: Event): void => {
    event.preventDefault();
    if (target.value.trim() === '') return;
    client.callOut(target.value.trim(), name.value.trim());
    target.value = name.value = '';
  };
  return (
    <form class="stack inset" onSubmit={call}>
      <h3>{t.host.callOut}</h3>
      <div class="field">
        <label for={targetId}>{t.host.target}</label>
        <input id={targetId} type="text" required maxLength={200} autocomplete="off" value={target.value} onInput={(event) => { target.value = event.currentTarget.value; }} />
      </div>
      <div class="field">
        <label for={nameId}>{t.host.targetName} ({t.common.optional})</label>
        <input id={nameId} type="text" maxLength={60} autocomplete="off" value={name.value} onInput={(event) => { name.value = event.currentTarget.value; }} />
      </div>
      <button type="submit"><Icon name="phone" />{t.host.call}</button>
    </form>
  );
}
