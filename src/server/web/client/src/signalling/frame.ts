// One frame of the bridge, read with suspicion.

import type { ServerMessage } from '../protocol';

const KNOWN = new Set<ServerMessage['type']>([
  'welcome', 'refused', 'waiting', 'admitted', 'answer', 'roster', 'participant', 'gone', 'speaking',
  'state', 'picture', 'view', 'tiles', 'chat', 'failed', 'call', 'invitation', 'ended', 'pong',
]);

/** The message, or nothing: a type of a later version is passed over. */
export function read(data: unknown): ServerMessage | null {
  if (typeof data !== 'string') return null;
  try {
    const value: unknown = JSON.parse(data);
    if (typeof value !== 'object' || value === null || !('type' in value)) return null;
    return KNOWN.has(value.type as ServerMessage['type']) ? (value as ServerMessage) : null;
  } catch {
    return null;
  }
}
