// An authority and a certificate for this machine, for the bridge and for the TURN server.

import { run } from './process.mjs';

/** Writes `key.pem` and `certificate.pem` into a folder. */
export async function certify(folder) {
  const files = { key: folder.in('key.pem'), certificate: folder.in('certificate.pem') };
  await run('openssl', [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
    '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1',
    '-keyout', files.key, '-out', files.certificate,
  ]);
  return files;
}
