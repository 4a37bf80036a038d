import type { JSX } from 'preact';

const SHAPES = {
  browser: 'M3 5h18v14H3zM3 9h18M6 7h.01M8.500 7h.01',
  room: 'M3 5h18v11H3zM9 20h6M12 16v4M8 12a4 3 0 0 1 8 0M12 8.500h.01',
  phone: 'M6 3h3l2 5-2.500 1.500a11 11 0 0 0 6 6L16 13l5 2v3a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3z',
  bridge: 'M2 17c5-11 15-11 20 0M2 17h20M7 17v-5M12 17V9M17 17v-5',
  mic: 'M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zM5 11a7 7 0 0 0 14 0M12 18v3',
  mic_off: 'M9 9v2a3 3 0 0 0 4.500 2.600M15 10V6a3 3 0 0 0-5.800-1M5 11a7 7 0 0 0 11 5.700M19 11a7 7 0 0 1-.6 2.800M12 18v3M4 3l16 18',
  mic_host: 'M8 3.500a3 3 0 0 1 3 3V11a3 3 0 0 1-6 0V6.500a3 3 0 0 1 3-3zM2.500 11a5.500 5.500 0 0 0 9 4.200M8 16.500V21M14 14h7v6h-7zM15.500 14v-2a2 2 0 0 1 4 0v2',
  camera: 'M3 7h11v10H3zM14 11l7-4v10l-7-4',
  camera_off: 'M9 7h5v5M14 15.500V17H3V7h2M14 11l7-4v9.500M4 3l16 18',
  flip: 'M4 9a8 8 0 0 1 14-3l2 2M20 4v4h-4M20 15a8 8 0 0 1-14 3l-2-2M4 20v-4h4',
  layout: 'M3 5h18v14H3zM3 15h18M9 15v4M15 15v4',
  before: 'M15 5l-7 7 7 7',
  after: 'M9 5l7 7-7 7',
  pin: 'M9 3h6l-1 6 4 4H6l4-4zM12 13v8',
  spotlight: 'M12 3l2.700 5.700 6.300.8-4.600 4.300 1.200 6.200L12 17l-5.600 3 1.200-6.200L3 9.500l6.300-.8z',
  pip: 'M3 5h18v14H3zM12 12h7v5h-7z',
  full: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  silent: 'M4 9v6h4l5 4V5L8 9zM17 10l4 4M21 10l-4 4',
  sound: 'M4 9v6h4l5 4V5L8 9zM16.500 9a4 4 0 0 1 0 6M19 6.500a8 8 0 0 1 0 11',
  hand: 'M7 12V6.500a1.500 1.500 0 0 1 3 0V11M10 11V4.500a1.500 1.500 0 0 1 3 0V11M13 11V5.500a1.500 1.500 0 0 1 3 0V12M16 9.500a1.500 1.500 0 0 1 3 0V15a6 6 0 0 1-6 6h-1a6 6 0 0 1-5-2.600L4 14a1.600 1.600 0 0 1 2.600-1.800L7 13',
  chat: 'M4 5h16v11H10l-5 4v-4H4zM8 9h8M8 12h5',
  people: 'M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM2.500 20a6.500 6.500 0 0 1 13 0M16 4.500a3.500 3.500 0 0 1 0 6.300M18 14.500a6.500 6.500 0 0 1 3.500 5.500',
  host: 'M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6zM9 12l2 2 4-4',
  leave: 'M3 14c5-5 13-5 18 0l-2 3-4-1.500V13a14 14 0 0 0-6 0v2.500L5 17z',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  lock: 'M5 11h14v9H5zM8 11V8a4 4 0 0 1 8 0v3',
  close: 'M6 6l12 12M18 6L6 18',
  check: 'M5 12.500l4.500 4.500L19 7.500',
  warn: 'M12 4l9 16H3zM12 10v5M12 17.500h.01',
  cross: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM9 9l6 6M15 9l-6 6',
  dash: 'M7 12h10',
  send: 'M4 12l16-8-5 16-3-7zM12 13l8-9',
  globe: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c3 3 3.500 6 3.500 9s-.5 6-3.500 9c-3-3-3.500-6-3.500-9S9 6 12 3z',
  outside: 'M14 4h6v6M20 4l-9 9M18 14v6H4V6h6',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  logo: 'M3 17c4-9 14-9 18 0M3 17h18M8 17v-4M12 17V11M16 17v-4',
} as const;

export type IconName = keyof typeof SHAPES;

/** Never says anything: the text beside it does. */
export function Icon({ name, class: extra = '' }: { name: IconName; class?: string }): JSX.Element {
  return (
    <svg class={`icon ${name === 'more' ? 'dots ' : ''}${extra}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={SHAPES[name]} />
    </svg>
  );
}

/** Four bars, as telephones draw it. */
export function Bars({ quality }: { quality: number }): JSX.Element {
  return (
    <svg class={`bars quality-${quality}`} viewBox="0 0 20 16" aria-hidden="true" focusable="false">
      {[0, 1, 2, 3].map((bar) => (
        <rect key={bar} class={bar < quality ? 'on' : 'off'} x={1 + bar * 5} y={11 - bar * 3.500} width="3" height={4 + bar * 3.500} rx="1" />
      ))}
    </svg>
  );
}
