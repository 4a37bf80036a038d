// Debian's coturn with credentials of the REST kind.

import { RELAY_PORTS } from './firewall.mjs';
import { certify } from './certificate.mjs';
import { folder, freePort, Process } from './process.mjs';

export class Turn {
  static async start() {
    const turn = new Turn();
    turn.secret = 'a-secret-of-the-tests';
    turn.folder = folder('turn');
    turn.port = await freePort();
    const { key, certificate } = await certify(turn.folder);
    turn.process = new Process('turnserver', [
      '-n', '--log-file=stdout', '--no-cli', '--no-udp', '--no-dtls', '--no-tcp',
      '--listening-ip=127.0.0.1', `--relay-ip=${process.env.ADDRESS}`, `--tls-listening-port=${turn.port}`,
      `--min-port=${RELAY_PORTS.min}`, `--max-port=${RELAY_PORTS.max}`, `--cert=${certificate}`, `--pkey=${key}`,
      '--use-auth-secret', `--static-auth-secret=${turn.secret}`, '--realm=causeway.test',
      `--pidfile=${turn.folder.in('pid')}`, `--userdb=${turn.folder.in('db')}`, '--verbose',
    ]);
    await turn.process.line(new RegExp(`TLS.*listener opened on ?: ?127.0.0.1:${turn.port}`, 'i'));
    return turn;
  }

  get url() {
    return `turns:127.0.0.1:${this.port}?transport=tcp`;
  }

  async stop() {
    await this.process.stop();
    this.folder.clear();
  }
}
