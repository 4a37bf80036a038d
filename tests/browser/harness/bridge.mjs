// The `causeway` binary on free ports of the loopback interface, with meetings and their links.

import { writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { certify } from './certificate.mjs';
import { folder, freePort, Process } from './process.mjs';

const PROGRAM = process.env.CAUSEWAY ?? new URL('../../../target/debug/causeway', import.meta.url).pathname;

/** For `more`: a number on invitations, which leads to the reception. */
export const TELEPHONE = `
[[invite.phone]]
number = "+861012345678"
zh = "北京"
en = "Beijing"
[[rule]]
name = "front-desk"
match = '\\+861012345678'
to = "reception"
`;

export class Bridge {
  /** `more`: text of the configuration, after the rest. `turn`: a server, see turn.mjs. */
  static async start({ turn, ancestors = [], prefix = '', more = '' } = {}) {
    const bridge = new Bridge();
    bridge.folder = folder('bridge');
    bridge.prefix = prefix;
    const { key, certificate } = await certify(bridge.folder);
    const [http, sip, rtc, media] = [await freePort(), await freePort(), await freePort(), await freePort()];
    Object.assign(bridge, { http, sip, rtc });
    writeFileSync(bridge.folder.in('causeway.toml'), `
[node]
workers = 1
state_dir = "${bridge.folder.path}"
[log]
level = "info,causeway_server=debug"
[sip]
udp = ["127.0.0.1:${sip}"]
tcp = ["127.0.0.1:${sip}"]
tls = []
[h323]
listen = []
[api]
listen = ["127.0.0.1:${http}"]
certificate = "${certificate}"
key = "${key}"
[media]
port_min = ${media % 20_000 + 10_000}
port_max = ${media % 20_000 + 10_199}
[web]
http = []
prefix = "${prefix}"
public_url = "${bridge.base}"
frame_ancestors = ${JSON.stringify(ancestors)}
[webrtc]
addresses = ["${process.env.ADDRESS}"]
udp_port = ${rtc}
[turn]
urls = ${JSON.stringify(turn ? [turn.url] : [])}
secret = "${turn?.secret ?? ''}"
${more}`);
    bridge.process = new Process(PROGRAM, ['serve', '--config', bridge.folder.in('causeway.toml')], { cwd: bridge.folder.path });
    const said = await bridge.process.line(/"code":"[^"]+"/);
    const { token } = await bridge.api('POST', 'session', { code: /"code":"([^"]+)"/.exec(said)[1] });
    bridge.token = token;
    return bridge;
  }

  get base() {
    return `https://127.0.0.1:${this.http}${this.prefix}`;
  }

  /** A call of the API; what it answers. */
  async api(method, path, body) {
    const { status, text } = await this.ask(method, `/api/v1/${path}`, body);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
    return text ? JSON.parse(text) : null;
  }

  ask(method, path, body) {
    return new Promise((resolve, reject) => {
      const sent = request(new URL(this.prefix + path, `https://127.0.0.1:${this.http}`), {
        method, rejectUnauthorized: false, agent: false,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
        },
      }, (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part));
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text: Buffer.concat(parts).toString() }));
      });
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** A meeting for the tests: at any time, without a lobby unless asked for. */
  meeting(draft = {}) {
    return this.api('POST', 'meetings', { name: '评审会 · Review', permanent: true, lobby: 'off', ...draft });
  }

  link(meeting, draft = {}) {
    return this.api('POST', `meetings/${meeting.id}/links`, { role: 'guest', ...draft });
  }

  /** The address of a guest's or a host's link. */
  url({ secrets }, role = 'guest') {
    return role === 'host' ? secrets.host_link : secrets.link;
  }

  /** What the organiser prints. */
  guide({ secrets }) {
    return secrets.guide;
  }

  /** What a telephone dials. */
  sipAddress(meeting) {
    return `sip:${meeting.alias}@127.0.0.1:${this.sip}`;
  }

  async stop() {
    await this.process.stop('SIGINT');
    this.folder.clear();
  }
}
