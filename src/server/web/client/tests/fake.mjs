// A bridge for tests of the page: the same words, a small conference, and knobs to break it.
// It has no media of its own; `answer` is given an offer and gives a description back.

import { createServer } from 'node:http';
import { readFileSync, existsSync } from 'node:fs';
import { join, extname } from 'node:path';
import { WebSocketServer } from 'ws';

const DIST = new URL('../dist/', import.meta.url).pathname;
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

/** As the bridge must send it; only the frames around differ by test. */
export const policy = (ancestors) =>
  `default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' ws: wss:; media-src blob:; `
  + `base-uri 'none'; form-action 'none'; object-src 'none'; frame-ancestors ${ancestors}`;

const START = {
  prefix: '/bridge',
  pin: null,
  lobby: false,
  role: 'guest',
  muted: false,
  /** `good`, `missing` (no such door) or a problem. */
  link: 'good',
  probe: true,
  sockets: true,
  rtc: true,
  /** Lines of video are taken. */
  video: true,
  refuse: null,
  mayCallMe: true,
  /** What a host who looks through somebody's eyes gets: a PNG, `{ status, problem }`, or no answer. */
  look: null,
  phone: { number: '+86 21 1234 5678', code: '842613975', personal_code: '55501234' },
  ancestors: "'self'",
  history: [],
};

export class Fake {
  constructor(options = {}) {
    Object.assign(this, START, options);
    this.heard = [];
    this.looks = [];
    this.people = [];
    this.seats = new Map();
    this.connections = new Set();
    this.chat = [...this.history];
    this.rules = { locked: false, may_unmute: true, may_call_me: this.mayCallMe, may_call_out: true, guests_call_me: false, draining: false };
    this.scene = { layout: 'speaker', spotlight: null, strain: 'none' };
    this.view = { layout: 'speaker', chosen: null, pinned: null, page: 0, pages: 1, more: 0, camera_seen: true };
    this.nextId = 100;
    this.answer = async () => null;
    this.probeAnswer = async () => null;
  }

  async start() {
    this.http = createServer((request, response) => void this.serve(request, response));
    this.ws = new WebSocketServer({ noServer: true, handleProtocols: (names) => (names.has('causeway.v1') ? 'causeway.v1' : false) });
    this.http.on('upgrade', (request, socket, head) => {
      if (!this.sockets || request.url !== `${this.prefix}/api/v1/signal`) return socket.destroy();
      this.ws.handleUpgrade(request, socket, head, (ws) => this.connected(ws));
    });
    await new Promise((resolve) => this.http.listen(0, '127.0.0.1', resolve));
    this.port = this.http.address().port;
    return this;
  }

  async stop() {
    for (const one of this.connections) one.ws.terminate();
    this.http.closeAllConnections?.();
    await new Promise((resolve) => this.http.close(resolve));
  }

  url(token = 'good-token', host = '127.0.0.1') {
    return `http://${host}:${this.port}${this.prefix}/j/m1${token ? `#${token}` : ''}`;
  }

  async serve(request, response) {
    const path = new URL(request.url, 'http://x').pathname;
    const json = (status, value) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(value));
    };
    const body = async () => {
      const parts = [];
      for await (const part of request) parts.push(part);
      return Buffer.concat(parts);
    };
    if (path === `${this.prefix}/api/v1/link`) {
      await body();
      if (this.link === 'missing') return json(404, {});
      if (this.link !== 'good') return json(403, this.link);
      return json(200, { meeting: this.meeting(), phone: this.phone, pin_needed: this.pin !== null && this.pinAsked !== false, wanted_kbps: 2000 });
    }
    if (path === `${this.prefix}/api/v1/look`) {
      this.looks.push(JSON.parse((await body()).toString()));
      if (!Buffer.isBuffer(this.look)) return this.look ? json(this.look.status, this.look.problem) : request.socket.destroy();
      response.writeHead(200, { 'content-type': 'image/png' });
      return response.end(this.look);
    }
    if (path.startsWith(`${this.prefix}/api/v1/probe/`)) {
      if (!this.probe) return json(404, {});
      if (path.endsWith('/down')) {
        const bytes = Math.min(8_000_000, Number(new URL(request.url, 'http://x').searchParams.get('bytes')));
        response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes });
        return response.end(Buffer.alloc(bytes, 1));
      }
      const sent = await body();
      if (path.endsWith('/up')) return json(200, {});
      const sdp = await this.probeAnswer(JSON.parse(sent.toString()).sdp);
      return sdp ? json(200, { sdp, ice_servers: [] }) : json(404, {});
    }
    const page = path.match(new RegExp(`^${this.prefix}/j/([^/]+)$`));
    const asset = path.match(new RegExp(`^${this.prefix}/j/(assets/[\\w.-]+)$`));
    if (path === '/frame') return this.frame(request, response);
    const file = join(DIST, page ? 'index.html' : asset ? asset[1] : '?');
    if (!existsSync(file)) return json(404, {});
    response.writeHead(200, {
      'content-type': TYPES[extname(file)], 'content-security-policy': policy(this.ancestors),
      'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff',
    });
    response.end(readFileSync(file));
  }

  /** A page around the page, as the tab of Teams is. */
  frame(request, response) {
    const allow = new URL(request.url, 'http://x').searchParams.get('allow') ?? '';
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(`<!doctype html><title>Frame</title><style>body{margin:0}iframe{border:0;width:100vw;height:100vh}</style>
      <iframe title="app" allow="${allow}" src="${this.url()}"></iframe>`);
  }

  meeting() {
    return { name: '跨组织评审会 · Review', now: new Date().toISOString() };
  }

  // The conference.

  connected(ws) {
    const connection = { ws, id: null };
    this.connections.add(connection);
    ws.on('message', (data) => {
      const message = JSON.parse(data.toString());
      if (message.type === 'ping') return this.mute_pongs || ws.send(JSON.stringify({ type: 'pong', id: message.id }));
      this.heard.push(message);
      void this.take(connection, message);
    });
    ws.on('close', () => this.connections.delete(connection));
  }

  say(connection, message) {
    if (connection?.ws.readyState === 1) connection.ws.send(JSON.stringify(message));
  }

  all(message) {
    for (const one of this.connections) if (one.id !== null) this.say(one, message);
  }

  person(id) {
    return this.people.find((one) => one.id === id);
  }

  /** The browser under test. */
  get mine() {
    return [...this.connections].filter((one) => one.id !== null).pop();
  }

  async take(connection, message) {
    const me = this.person(connection.id);
    switch (message.type) {
      case 'hello': return this.hello(connection, message);
      case 'offer': {
        const sdp = this.rtc ? await this.answer(message.sdp) : null;
        if (sdp) this.say(connection, { type: 'answer', sdp });
        return;
      }
      case 'mute':
        if (!message.muted && !this.rules.may_unmute) {
          return this.say(connection, { type: 'failed', of: 'mute', problem: { code: 'CW-WEB-004', text: 'Only a host may do this.' } });
        }
        return this.change(me.id, { muted_by_self: message.muted, muted_by_host: message.muted ? me.muted_by_host : false });
      case 'view': return this.see(connection, message);
      case 'hand': return this.change(me.id, { hand: message.raised });
      case 'chat':
        if (this.chatFails) return this.say(connection, { type: 'failed', of: 'chat', problem: this.chatFails });
        return this.mute_chat || this.write(me, message.text);
      case 'call_me': return this.say(connection, { type: 'call', target: message.number, state: 'ringing', problem: null });
      case 'host': return this.host(connection, message.action);
      case 'leave':
        this.people = this.people.filter((one) => one !== me);
        return this.say(connection, { type: 'ended', code: 'CW-CALL-000', text: 'You left.', pin_needed: false });
      default:
    }
  }

  /** As the bridge: what cannot be shown as it was chosen is shown as it can. */
  see(connection, { layout: chosen = this.view.chosen, pinned = null, page = 0 }) {
    const wanted = chosen ?? this.scene.layout;
    const layout = pinned !== null && wanted === 'equal' ? 'speaker' : wanted;
    const pages = layout === 'equal' ? Math.max(1, Math.ceil(this.people.length / 16)) : 1;
    this.view = { ...this.view, layout, chosen, pinned, page: Math.min(page, pages - 1), pages };
    this.say(connection, { type: 'view', ...this.view });
  }

  /** What the far end answered; where there is no video, it refuses those lines for good. */
  answered(sdp) {
    if (this.video || !sdp) return sdp;
    const refused = [...sdp.matchAll(/m=video[\s\S]*?a=mid:(\S+)/g)].map(([, mid]) => mid);
    return sdp.replace(/m=video \d+/g, 'm=video 0')
      .replace(/a=group:BUNDLE (.*)/, (_, mids) => `a=group:BUNDLE ${mids.split(' ').filter((mid) => !refused.includes(mid)).join(' ')}`);
  }

  hello(connection, message) {
    const refuse = (problem) => this.say(connection, { type: 'refused', pin_needed: false, ...problem });
    const kept = message.seat && this.seats.get(message.seat.participant);
    const back = kept && kept.secret === message.seat.secret ? kept : null;
    if (message.seat && !back) return refuse({ code: 'CW-LINK-006', text: 'That seat is gone.' });
    if (!back && this.refuse) return refuse(this.refuse);
    if (!back && this.pin !== null && message.pin !== this.pin) {
      return refuse({ code: 'CW-AUTH-010', text: 'A PIN is needed.', pin_needed: true });
    }
    const id = back?.id ?? this.nextId++;
    const secret = back?.secret ?? `secret-${id}`;
    connection.id = id;
    if (!back) {
      this.seats.set(id, { id, secret });
      this.people.push(someone(id, message.name, {
        role: this.role, waiting: this.lobby && this.role !== 'host', muted_by_host: this.muted,
        quality: 4,
      }));
    }
    this.say(connection, {
      type: 'welcome', version: 1, meeting: this.meeting(), seat: { participant: id, secret }, role: this.role,
      ice_servers: [], phone: this.phone,
    });
    this.say(connection, { type: 'state', ...this.rules });
    if (this.person(id).waiting) this.say(connection, { type: 'waiting', place: 2, reason: 'lobby' });
    else this.letIn(id);
  }

  letIn(id) {
    const person = this.person(id);
    person.waiting = false;
    const connection = [...this.connections].find((one) => one.id === id);
    this.say(connection, { type: 'admitted', role: person.role, muted: person.muted_by_host || person.muted_by_self });
    this.say(connection, { type: 'roster', participants: this.seen(person) });
    this.say(connection, { type: 'picture', ...this.scene });
    this.say(connection, { type: 'view', ...this.view });
    if (this.chat.length > 0) this.say(connection, { type: 'chat', messages: this.chat });
    this.change(id, {});
  }

  seen(person) {
    return this.people.filter((one) => person.role === 'host' || !one.waiting);
  }

  come(person) {
    this.people.push(person);
    this.all({ type: 'participant', participant: person });
  }

  go(id) {
    this.people = this.people.filter((one) => one.id !== id);
    this.all({ type: 'gone', participant: id });
  }

  change(id, what) {
    const person = this.person(id);
    Object.assign(person, what);
    this.all({ type: 'participant', participant: person });
  }

  write(from, text, at = new Date().toISOString()) {
    const message = { id: this.chat.length + 1, from: from.id, name: from.name, text, at };
    this.chat.push(message);
    this.all({ type: 'chat', messages: [message] });
  }

  host(connection, action) {
    const { participant: id } = action;
    switch (action.do) {
      case 'admit': return this.change(id, { waiting: false });
      case 'admit_all':
        for (const one of this.people.filter((other) => other.waiting)) this.change(one.id, { waiting: false });
        return;
      case 'deny':
      case 'remove': return this.go(id);
      case 'mute_participant': return this.change(id, { muted_by_host: action.muted });
      case 'mute_all':
        for (const one of this.people.filter((other) => other.role !== 'host')) this.change(one.id, { muted_by_host: true });
        return;
      case 'lower_hand': return this.change(id, { hand: false });
      case 'hand_over': return this.change(id, { role: 'host' });
      case 'set_layout': this.scene.layout = action.layout; return this.all({ type: 'picture', ...this.scene });
      case 'spotlight': this.scene.spotlight = action.participant ?? null; return this.all({ type: 'picture', ...this.scene });
      case 'lock': this.rules.locked = action.locked; return this.all({ type: 'state', ...this.rules });
      case 'allow_unmute': this.rules.may_unmute = action.allowed; return this.all({ type: 'state', ...this.rules });
      case 'allow_call_me': this.rules.guests_call_me = action.allowed; return this.all({ type: 'state', ...this.rules });
      case 'read_invitation':
        return this.say(connection, { type: 'invitation', look_alikes: [], ways: [
          { service: 'zoom', meeting: '85012345678', protocol: 'sip', address: '85012345678.246813@zoomcrc.com', target: 'sip:85012345678.246813@zoomcrc.com', digits: '', why: 'One call and you are in.', allowed: true },
          { service: 'zoom', meeting: '85012345678', protocol: 'tel', address: '+13017158592', target: '+13017158592', digits: '85012345678#', why: 'By telephone.', allowed: false },
        ] });
      case 'call_out': return this.say(connection, { type: 'call', target: action.target, state: 'ringing', problem: null });
      case 'end_for_all': return this.all({ type: 'ended', code: 'CW-CONF-002', text: 'The conference has ended.', pin_needed: false });
      default:
    }
  }

  /** Every WebSocket breaks, as by a network that goes. */
  cut() {
    for (const one of this.connections) one.ws.terminate();
  }

  said(type) {
    return this.heard.filter((one) => one.type === type);
  }
}

export function someone(id, name, more = {}) {
  return {
    id, name, role: 'guest', kind: 'browser', waiting: false, muted_by_self: false, muted_by_host: false,
    nothing_heard: false, hand: false, quality: null, ...more,
  };
}

/** A camera as it should be. */
export const CAMERA = { state: 'coming', sight: 'fine' };

/** A meeting as it looks on a usual day. */
export const COMPANY = [
  someone(1, '王晓明', { role: 'host', quality: 4 }),
  someone(2, '3F 会议室', { kind: 'room', quality: 3 }),
  someone(3, '+86 138 0013 8000', { kind: 'phone', muted_by_self: true, quality: 2 }),
  someone(4, 'WeCom · 华东周会', { kind: 'bridge', nothing_heard: true }),
  someone(5, 'Alexandra Konstantinopoulou-Featherstonehaugh', { hand: true, muted_by_host: true, quality: 0 }),
];

export const copyOf = (people) => people.map((one) => ({ ...one }));
