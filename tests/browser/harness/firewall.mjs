// What a company's firewall does, in the network of the tests (see `run`).

import { run } from './process.mjs';

const TABLE = ['inet', 'causeway'];
/** coturn sends from these; a firewall stands before browsers, not before it. */
export const RELAY_PORTS = { min: 49_160, max: 49_200 };

let ready = null;

function nft(...words) {
  return run('nft', words);
}

async function begin() {
  ready ??= (async () => {
    await nft('add', 'table', ...TABLE);
    await nft('add', 'chain', ...TABLE, 'out', '{ type filter hook output priority 0; }');
  })();
  await ready;
}

async function rule(...words) {
  await begin();
  const said = await run('nft', ['--echo', '--handle', 'add', 'rule', ...TABLE, 'out', ...words]);
  const handle = /# handle (\d+)/.exec(said)?.[1];
  if (!handle) throw new Error(`no handle in: ${said}`);
  return () => nft('delete', 'rule', ...TABLE, 'out', 'handle', handle);
}

/** Each gives a function that takes the rule away again. */
export const block = {
  udpTo: (port) => rule('udp', 'dport', `${port}`, 'udp', 'sport', '!=', `${RELAY_PORTS.min}-${RELAY_PORTS.max}`, 'drop'),
  udpFrom: (port) => rule('udp', 'sport', `${port}`, 'drop'),
  tcpTo: (port) => rule('tcp', 'dport', `${port}`, 'reject', 'with', 'tcp', 'reset'),
};
