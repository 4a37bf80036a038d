// A program beside the test: what it said is kept, and it ends with the test.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { createSocket } from 'node:dgram';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PATIENCE_MS = 40_000;

/** What still runs when a test run is broken off must not stay. */
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export class Process {
  constructor(program, args, options = {}) {
    this.program = program;
    this.lines = [];
    this.waiting = new Set();
    this.child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    running.add(this.child);
    this.ended = new Promise((resolve) => {
      this.child.on('exit', (code, signal) => {
        running.delete(this.child);
        resolve({ code, signal });
      });
      this.child.on('error', (error) => {
        this.take(`cannot be started: ${error.message}; deploy/bootstrap --tests installs it`);
        resolve({ code: -1, signal: null });
      });
    });
    for (const stream of [this.child.stdout, this.child.stderr]) this.collect(stream);
  }

  collect(stream) {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (data) => {
      const lines = (rest + data).split('\n');
      rest = lines.pop();
      lines.forEach((line) => this.take(line));
    });
  }

  take(line) {
    this.lines.push(line);
    for (const look of this.waiting) look(line);
  }

  get said() {
    return this.lines.join('\n');
  }

  /** The first line, past or coming, that matches. */
  async line(pattern, count = 1) {
    const found = () => this.lines.filter((line) => pattern.test(line))[count - 1];
    if (found()) return found();
    return new Promise((resolve, reject) => {
      const done = (settle, value) => {
        this.waiting.delete(look);
        clearTimeout(timer);
        settle(value);
      };
      const failed = () => done(reject, new Error(`${this.program} never said ${pattern}; it said:\n${this.said}`));
      const look = () => { if (found()) done(resolve, found()); };
      const timer = setTimeout(failed, PATIENCE_MS);
      void this.ended.then(() => (found() ? look() : failed()));
      this.waiting.add(look);
    });
  }

  async stop(signal = 'SIGTERM') {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    const late = setTimeout(() => this.child.kill('SIGKILL'), 5_000);
    await this.ended;
    clearTimeout(late);
  }
}

/** Runs a program to its end, and gives what it wrote. */
export async function run(program, args, options) {
  const started = new Process(program, args, options);
  const { code } = await started.ended;
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${started.said}`);
  return started.said;
}

/** A folder that goes away with `clear`. */
export function folder(name) {
  const path = mkdtempSync(join(tmpdir(), `causeway-${name}-`));
  return { path, in: (file) => join(path, file), clear: () => rmSync(path, { recursive: true, force: true }) };
}

/** A port that nobody has, by UDP and by TCP. */
export async function freePort() {
  for (;;) {
    const server = createServer();
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address();
    const socket = createSocket('udp4');
    const free = await new Promise((resolve) => {
      socket.once('error', () => resolve(false));
      socket.bind(port, '127.0.0.1', () => resolve(true));
    });
    await new Promise((resolve) => server.close(resolve));
    if (free) await new Promise((resolve) => socket.close(resolve));
    if (free) return port;
  }
}

export async function until(what, holds, ms = 30_000) {
  const end = Date.now() + ms;
  for (;;) {
    const value = await holds();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await pause(50);
  }
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
