// The language: by the browser, and by a switch.

import { computed, signal } from '@preact/signals';
import { en } from './en';
import type { Strings } from './strings';
import { zh } from './zh';

export type Lang = 'zh-CN' | 'en';

const TABLES: Record<Lang, Strings> = { 'zh-CN': zh, en };

/** The first of a browser's languages that the page has; English otherwise. */
export function langOf(languages: readonly string[]): Lang {
  for (const language of languages) {
    if (/^zh\b/i.test(language)) return 'zh-CN';
    if (/^en\b/i.test(language)) return 'en';
  }
  return 'en';
}

export const lang = signal<Lang>('en');
export const strings = computed<Strings>(() => TABLES[lang.value]);
export const other = (is: Lang): Lang => (is === 'en' ? 'zh-CN' : 'en');
