import { expect, test, vi } from 'vitest';
import type { Found } from '../../src/probe/verdict';

type Show = (found: Found, share: number) => void;
const running: { show: Show; end: (found: Found) => void } = { show: () => undefined, end: () => undefined };
vi.mock('../../src/probe/run', () => ({
  runProbe: (_: unknown, show: Show) => new Promise<Found>((resolve) => Object.assign(running, { show, end: resolve })),
}));
const { Probe } = await import('../../src/probe/probe');
const { nothingFound } = await import('../../src/probe/verdict');
const place = { base: 'https://b.example', meeting: 'm', token: 't' };

test('who joins before the test is over keeps what it found until then', async () => {
  const probe = new Probe();
  const run = probe.run(place);
  const found = { ...nothingFound, udp: true, lossPermille: 3 };
  running.show(found, 0.35);
  probe.stop();
  expect(probe.state.value).toEqual({ is: 'done', found });
  running.end({ ...found, downKbps: 1 });
  await run;
  expect(probe.state.value).toEqual({ is: 'done', found });
});

test('a test that found nothing yet was none', () => {
  const probe = new Probe();
  void probe.run(place);
  probe.stop();
  expect(probe.state.value).toEqual({ is: 'idle' });
});
