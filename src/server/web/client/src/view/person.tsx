import type { JSX } from 'preact';
import { lang, strings } from '../i18n';
import type { DeviceTitle, FaultySound, Participant } from '../protocol';
import type { Named } from '../session/state';
import { Bars, Icon, type IconName } from './icon';

/** Who states no name, as many telephones do, is told from others by a number. */
export const nameOf = (one: Named): string => one.name || `${strings.value.kind[one.kind]} ${one.id}`;

/** What others see on a round mark: the last two characters of a Chinese name, else initials. */
export function initials(name: string): string {
  const letters = [...name.trim()];
  if (letters.some((letter) => /\p{Script=Han}/u.test(letter))) return letters.filter((letter) => /\p{Script=Han}/u.test(letter)).slice(-2).join('');
  const words = name.trim().split(/\s+/).filter(Boolean);
  const picked = [words[0], words.length > 1 ? words[words.length - 1] : undefined];
  return picked.map((word) => [...(word ?? '')][0] ?? '').join('').toUpperCase() || '·';
}

export type MuteTruth = 'host' | 'self' | 'nothing' | FaultySound | 'open';

/** A host's mute hides one's own: it is the one that cannot be undone alone. */
export function muteTruth(one: Participant): MuteTruth {
  if (one.muted_by_host) return 'host';
  if (one.muted_by_self) return 'self';
  return one.nothing_heard ? 'nothing' : one.sound ?? 'open';
}

const MUTE_ICONS: Record<MuteTruth, IconName> = { host: 'mic_host', self: 'mic_off', nothing: 'silent', silent: 'silent', echoing: 'mic', open: 'mic' };

export function muteText(truth: MuteTruth): string {
  const t = strings.value.person;
  return { host: t.mutedByHost, self: t.muted, nothing: t.nothing, silent: t.silent, echoing: t.echoing, open: t.open }[truth];
}

/** Icons for eyes, the same words for a screen reader and as a tooltip. */
export function Marks({ one, speaking }: { one: Participant; speaking: boolean }): JSX.Element {
  const t = strings.value.person;
  const truth = muteTruth(one);
  const quality = one.quality === null ? null : Math.min(4, Math.max(0, Math.round(one.quality)));
  const words = [
    one.hand ? t.hand : '',
    speaking && !one.sound ? t.speaking : muteText(truth),
    one.camera ? (one.camera.sight === 'fine' ? t.camera : t[one.camera.sight]) : '',
    quality === null ? '' : t.quality[quality] ?? '',
  ].filter(Boolean);
  return (
    <span class="marks" title={words.join(', ')}>
      {one.hand && <Icon name="hand" class="raised" />}
      <Icon name={MUTE_ICONS[truth]} class={`mute-${truth}`} />
      {one.camera && <Icon name="camera" class={`sight-${one.camera.sight}`} />}
      {quality !== null && <Bars quality={quality} />}
      <span class="unseen">{words.join(', ')}</span>
    </span>
  );
}

/** By what somebody takes part. */
export function KindMark({ one, word = false }: { one: Participant; word?: boolean }): JSX.Element {
  const text = strings.value.kind[one.kind];
  return (
    <span class="kind" title={text}>
      <Icon name={one.kind} />
      <span class={word ? '' : 'unseen'}>{text}</span>
    </span>
  );
}

/** What their device is, and what it looks like where it was configured as another. */
export function deviceText(one: Participant): string {
  const title = (device: DeviceTitle): string => (lang.value === 'zh-CN' ? device.zh : device.en);
  const looks = one.looks_like && strings.value.person.looksLike(title(one.looks_like));
  return [one.device && title(one.device), looks].filter(Boolean).join(' · ');
}

export function DeviceLine({ one }: { one: Participant }): JSX.Element | null {
  return one.device ? <span class="device">{deviceText(one)}</span> : null;
}

export function Avatar({ one }: { one: Participant }): JSX.Element {
  return (
    <span class={`avatar tone-${one.id % 6}`} aria-hidden="true">
      {one.kind === 'browser' ? initials(nameOf(one)) : <Icon name={one.kind} />}
    </span>
  );
}
