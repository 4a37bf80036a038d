// A baresip telephone without a sound card: it says a tone, records what it hears, and is driven
// through its control port (netstrings of JSON).

import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { folder, freePort, pause, Process, until } from './process.mjs';
import { levelOf, readWave, writeTone } from './sound.mjs';

const MODULES = ['/usr/lib/baresip/modules', '/usr/lib/x86_64-linux-gnu/baresip/modules'];

export class Phone {
  /** `user`: what it is called, a name or a number. */
  static async start(hertz, { port, user = 'telephone' } = {}) {
    const phone = new Phone();
    phone.folder = folder('phone');
    phone.port = port ?? await freePort();
    const control = await freePort();
    const voice = writeTone(phone.folder.in('voice.wav'), hertz, { seconds: 120 });
    mkdirSync(phone.folder.in('heard'));
    writeFileSync(phone.folder.in('config'), configuration(phone, control, voice));
    writeFileSync(phone.folder.in('accounts'), `<sip:${user}@127.0.0.1:${phone.port}>;regint=0;answermode=auto;audio_codecs=PCMA/8000/1\n`);
    writeFileSync(phone.folder.in('contacts'), '');
    phone.process = new Process('baresip', ['-f', phone.folder.path]);
    await phone.process.line(/baresip is ready/);
    phone.events = [];
    phone.control = connect(control, '127.0.0.1');
    await new Promise((resolve, reject) => phone.control.once('connect', resolve).once('error', reject));
    phone.listen();
    return phone;
  }

  listen() {
    let unread = '';
    this.control.setEncoding('utf8');
    this.control.on('data', (data) => {
      unread += data;
      for (;;) {
        const [, length] = /^(\d+):/.exec(unread) ?? [];
        const start = (length?.length ?? 0) + 1;
        if (!length || unread.length < start + Number(length) + 1) return;
        const value = JSON.parse(unread.slice(start, start + Number(length)));
        if (value.event) this.events.push(value);
        unread = unread.slice(start + Number(length) + 1);
      }
    });
  }

  command(command, params = '') {
    const text = JSON.stringify({ command, params });
    this.control.write(`${text.length}:${text},`);
  }

  async call(address) {
    this.command('dial', address);
    await this.event('CALL_ESTABLISHED');
  }

  async event(type) {
    return until(`${type} of the telephone; it said\n${this.process.said}`, () => {
      const at = this.events.findIndex((one) => one.type === type);
      return at < 0 ? null : this.events.splice(at, 1)[0];
    }, 40_000);
  }

  async press(keys) {
    for (const key of keys) {
      this.command('sndcode', key);
      await pause(250);
    }
  }

  /** Switches the telephone off, which completes its recording; the loudness of `hertz` in the
   *  last `seconds` of it but one. */
  async heard(seconds = 3) {
    this.command('quit');
    await this.process.ended;
    const [file] = readdirSync(this.folder.in('heard')).filter((name) => name.endsWith('-dec.wav')).sort();
    const { samples, rate } = readWave(this.folder.in(`heard/${file}`));
    const part = samples.subarray(Math.max(0, samples.length - (seconds + 1) * rate), Math.max(0, samples.length - rate));
    return (hertz) => levelOf(part, rate, hertz);
  }

  async stop() {
    this.control.destroy();
    await this.process.stop();
    this.folder.clear();
  }
}

function configuration(phone, control, voice) {
  const modules = MODULES.find((path) => existsSync(path));
  if (!modules) throw new Error('no modules of baresip found; deploy/bootstrap --tests installs them');
  return `poll_method epoll
sip_listen 127.0.0.1:${phone.port}
net_interface 127.0.0.1
audio_source aufile,${voice}
ausrc_srate 48000
ausrc_channels 1
audio_buffer 20-160
rtp_ports 40000-49999
module_path ${modules}
module g711.so
module aufile.so
module sndfile.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
snd_path ${phone.folder.in('heard')}
ctrl_tcp_listen 127.0.0.1:${control}
`;
}
