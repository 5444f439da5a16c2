import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Missing } from './tools.ts';

/** An authority of this world, and what it signed for brokers on this machine. */
export interface KafkaCertificates {
  /** Its own certificate, in PEM. */
  readonly authority: string;
  /** Files that a broker reads: its key and its certificate, in PEM. */
  readonly valid: string;
  readonly expired: string;
  /** For a host that this is not. */
  readonly misnamed: string;
}

/** For `titled`: null when certificates can be made. */
export function missingOfCertificates(): Missing | null {
  const { error, status } = openssl(['version']);
  return error === undefined && status === 0 ? null : { tool: 'openssl', why: 'no openssl on PATH' };
}

/** An authority by the name of `name`, and certificates of it, into the folder. */
export async function makeCertificates(folder: string, name: string): Promise<KafkaCertificates> {
  const file = (of: string) => path.join(folder, `${name}-${of}`);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const own = ['-keyout', file('authority.key'), '-out', file('authority.pem'), '-subj', `/CN=${name}`];
  made(['req', '-x509', ...key, ...own, '-days', '30']);
  const signed = async (of: string, alternative: string, days: string) => {
    const request = ['-keyout', file(`${of}.key`), '-out', file(`${of}.csr`), '-subj', '/CN=broker'];
    made(['req', ...key, ...request, '-addext', `subjectAltName=${alternative}`]);
    const by = ['-CA', file('authority.pem'), '-CAkey', file('authority.key'), '-CAcreateserial'];
    const times = ['-days', days, '-copy_extensions', 'copy'];
    made(['x509', '-req', '-in', file(`${of}.csr`), ...by, ...times, '-out', file(`${of}.pem`)]);
    const both = await Promise.all([readFile(file(`${of}.key`), 'utf8'), readFile(file(`${of}.pem`), 'utf8')]);
    await writeFile(file(`${of}-both.pem`), both.join(''));
    return file(`${of}-both.pem`);
  };
  return {
    authority: await readFile(file('authority.pem'), 'utf8'),
    valid: await signed('valid', 'IP:127.0.0.1', '30'),
    expired: await signed('expired', 'IP:127.0.0.1', '-1'),
    misnamed: await signed('misnamed', 'DNS:elsewhere.example', '30'),
  };
}

function made(args: readonly string[]): void {
  const { status, stderr } = openssl(args);
  if (status !== 0) throw new Error(stderr);
}

function openssl(args: readonly string[]) {
  return spawnSync('openssl', args, { encoding: 'utf8' });
}
