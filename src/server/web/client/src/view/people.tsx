import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { strings } from '../i18n';
import type { Participant } from '../protocol';
import { present, seesSomebody, waiting } from '../session/state';
import { useClient } from './context';
import { Confirm } from './dialog';
import { Icon } from './icon';
import { Look } from './look';
import { Avatar, DeviceLine, KindMark, Marks, nameOf } from './person';
import { AbilityTable } from './table';

/** Who is here and by what; for hosts, who waits. */
export function People(): JSX.Element {
  const client = useClient();
  const { session } = client;
  const t = strings.value.people;
  const host = session.value.role === 'host';
  const here = present(session.value);
  const queue = waiting(session.value);
  const table = useSignal(false);
  return (
    <>
      {host && queue.length > 0 && (
        <section class="queue" aria-labelledby="queue">
          <div class="row between">
            <h3 id="queue">{t.waiting(queue.length)}</h3>
            <button type="button" class="primary small" onClick={() => client.host({ do: 'admit_all' })}>{t.admitAll}</button>
          </div>
          <ul class="roster">{queue.map((one) => <Waiting key={one.id} one={one} />)}</ul>
        </section>
      )}
      <section aria-labelledby="here">
        <h3 id="here">{t.here(here.length)}</h3>
        <ul class="roster">{here.map((one) => <Person key={one.id} one={one} host={host} />)}</ul>
      </section>
      <button type="button" class="plain" onClick={() => { table.value = true; }}>{t.table}</button>
      {table.value && <AbilityTable close={() => { table.value = false; }} />}
    </>
  );
}

function Waiting({ one }: { one: Participant }): JSX.Element {
  const client = useClient();
  const t = strings.value.people;
  return (
    <li class="person">
      <div class="line">
        <Avatar one={one} />
        <span class="who"><bdi class="name">{nameOf(one)}</bdi><KindMark one={one} /></span>
        <button type="button" class="small" aria-label={t.denyOne(nameOf(one))} onClick={() => client.host({ do: 'deny', participant: one.id })}>{t.deny}</button>
        <button type="button" class="small primary" aria-label={t.admitOne(nameOf(one))} onClick={() => client.host({ do: 'admit', participant: one.id })}>{t.admit}</button>
      </div>
    </li>
  );
}

function Person({ one, host }: { one: Participant; host: boolean }): JSX.Element {
  const { session } = useClient();
  const t = strings.value;
  const open = useSignal(false);
  const { seat, speaking, lines } = session.value;
  const self = one.id === seat?.participant;
  // A host may put itself before all.
  const acts = self ? host && lines.picture : host || seesSomebody(session.value);
  const speaks = speaking.includes(one.id);
  return (
    <li class={speaks ? 'person speaking' : 'person'}>
      <div class="line">
        <Avatar one={one} />
        <span class="who">
          <span class="name-line">
            <bdi class="name">{nameOf(one)}</bdi>
            {self && <span class="self">{t.person.you}</span>}
          </span>
          <span class="detail">
            <KindMark one={one} word />
            {one.role === 'host' && <span class="badge">{t.role.host}</span>}
          </span>
          <DeviceLine one={one} />
        </span>
        <Marks one={one} speaking={speaks} />
        {acts && (
          <button
            type="button" class="plain square" aria-expanded={open.value} aria-label={t.people.act(nameOf(one))}
            onClick={() => { open.value = !open.value; }}
          >
            <Icon name="more" />
          </button>
        )}
      </div>
      {acts && open.value && (
        <div class="actions row wrap">
          <PinActions one={one} self={self} host={host} />
          {host && !self && <Actions one={one} />}
        </div>
      )}
    </li>
  );
}

/** Who is large: for me, and by hosts for all. */
function PinActions({ one, self, host }: { one: Participant; self: boolean; host: boolean }): JSX.Element | null {
  const client = useClient();
  const { view, scene, lines } = client.session.value;
  const t = strings.value.people;
  if (!lines.picture) return null;
  const [pinned, lit] = [view.pinned === one.id, scene.spotlight === one.id];
  return (
    <>
      {!self && (
        <button type="button" class="small" onClick={() => client.keepLarge(pinned ? null : one.id)}>
          <Icon name="pin" />
          {pinned ? t.unpin : t.pin}
        </button>
      )}
      {host && (
        <button type="button" class="small" onClick={() => client.host({ do: 'spotlight', participant: lit ? null : one.id })}>
          <Icon name="spotlight" />
          {lit ? t.unspotlight : t.spotlight}
        </button>
      )}
    </>
  );
}

type Asked = 'remove' | 'hand_over' | 'look' | null;

function Actions({ one }: { one: Participant }): JSX.Element {
  const client = useClient();
  const t = strings.value;
  const asked = useSignal<Asked>(null);
  // Who may not take back its own mute waits for the host's word.
  const waitsForWord = one.muted_by_host || (one.muted_by_self && one.role !== 'host' && !client.session.value.rules.may_unmute);
  const name = nameOf(one);
  const close = (): void => { asked.value = null; };
  return (
    <>
      <button type="button" class="small" onClick={() => client.host({ do: 'mute_participant', participant: one.id, muted: !waitsForWord })}>
        {waitsForWord ? t.people.unmute : t.people.mute}
      </button>
      {one.hand && (
        <button type="button" class="small" onClick={() => client.host({ do: 'lower_hand', participant: one.id })}>{t.people.lowerHand}</button>
      )}
      {client.session.value.lines.picture && one.kind !== 'phone' && (
        <button type="button" class="small" onClick={() => { asked.value = 'look'; }}><Icon name="camera" />{t.people.look}</button>
      )}
      {one.role !== 'host' && one.kind !== 'bridge' && (
        <button type="button" class="small" onClick={() => { asked.value = 'hand_over'; }}>{t.people.handOver}</button>
      )}
      <button type="button" class="small danger" onClick={() => { asked.value = 'remove'; }}>{t.people.remove}</button>
      {asked.value === 'look' && <Look one={one} close={close} />}
      {asked.value === 'remove' && (
        <Confirm
          heading={t.host.removeAsk(name)} hint={t.host.removeHint} yes={t.people.remove} close={close}
          act={() => client.host({ do: 'remove', participant: one.id })}
        />
      )}
      {asked.value === 'hand_over' && (
        <Confirm
          heading={t.host.handOverAsk(name)} hint={t.host.handOverHint} yes={t.people.handOver} close={close}
          act={() => client.host({ do: 'hand_over', participant: one.id })}
        />
      )}
    </>
  );
}
