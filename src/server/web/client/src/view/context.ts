import { createContext } from 'preact';
import { useContext, useEffect, useRef } from 'preact/hooks';
import type { Client } from '../client';

export const ClientContext = createContext<Client | null>(null);

export function useClient(): Client {
  const client = useContext(ClientContext);
  if (!client) throw new Error('no client around this view');
  return client;
}

/** A new page says its heading first: to eyes, and to a screen reader. */
export function useHeadingFocus(title: string): { current: HTMLHeadingElement | null } {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    document.title = `${title} · Causeway`;
  }, [title]);
  return heading;
}
