// What each kind of participant can and cannot do: shown to the host before it matters.

import type { Kind } from '../protocol';

export type Ability =
  | 'talk' | 'be_seen' | 'see_others' | 'see_roster' | 'chat' | 'hand' | 'mute_self' | 'host_mutes' | 'host_acts'
  | 'lobby' | 'encrypted' | 'share' | 'names_inside';

/** `keys`: by keys of the telephone; `later`: comes with content; `depends`: on the device or line. */
export type Can = 'yes' | 'no' | 'keys' | 'later' | 'depends';

export const KINDS: readonly Kind[] = ['browser', 'room', 'phone', 'bridge'];

export const ABILITIES: readonly [Ability, Record<Kind, Can>][] = [
  ['talk', { browser: 'yes', room: 'yes', phone: 'yes', bridge: 'yes' }],
  ['be_seen', { browser: 'yes', room: 'yes', phone: 'no', bridge: 'depends' }],
  ['see_others', { browser: 'yes', room: 'yes', phone: 'no', bridge: 'depends' }],
  ['mute_self', { browser: 'yes', room: 'keys', phone: 'keys', bridge: 'no' }],
  ['host_mutes', { browser: 'yes', room: 'yes', phone: 'yes', bridge: 'yes' }],
  ['hand', { browser: 'yes', room: 'keys', phone: 'keys', bridge: 'no' }],
  ['chat', { browser: 'yes', room: 'no', phone: 'no', bridge: 'no' }],
  ['see_roster', { browser: 'yes', room: 'no', phone: 'no', bridge: 'no' }],
  ['host_acts', { browser: 'yes', room: 'keys', phone: 'keys', bridge: 'no' }],
  ['lobby', { browser: 'yes', room: 'yes', phone: 'yes', bridge: 'depends' }],
  ['names_inside', { browser: 'yes', room: 'no', phone: 'yes', bridge: 'no' }],
  ['encrypted', { browser: 'yes', room: 'depends', phone: 'depends', bridge: 'depends' }],
  ['share', { browser: 'later', room: 'later', phone: 'no', bridge: 'depends' }],
];
