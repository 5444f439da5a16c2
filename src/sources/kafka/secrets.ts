import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import path from 'node:path';
import type { KafkaSource } from '../../domain/spec/source-spec.ts';
import { isPerennialError, PerennialError } from '../../domain/words/errors.ts';
import { openWithin } from '../file/within-roots.ts';
import type { SourcePlace } from '../port.ts';
import type { Login } from './client/sasl.ts';

/** Who logs in; null where nobody does. */
export async function loginOf({ credentials }: KafkaSource, place: SourcePlace): Promise<Login | null> {
  if (credentials === undefined) return null;
  const { username, password, mechanism = 'scram-sha-512' } = credentials;
  return {
    mechanism,
    username: await secretOf(place, username, 'source.credentials'),
    password: await secretOf(place, password, 'source.credentials'),
  };
}

/** The certificates of the declared authority, in PEM; null where none is. */
export async function authorityOf({ ca }: KafkaSource, place: SourcePlace): Promise<string | null> {
  if (ca === undefined) return null;
  const isFile = typeof ca !== 'string';
  const text = isFile ? await fileOf(ca.path, place) : await secretOf(place, ca, 'source.ca');
  const whole = certificatesIn(text);
  if (whole !== null) return whole;
  throw noPem(isFile ? `The file "${ca.path}"` : `The secret "${ca}"`, 'CERTIFICATE', 'source.ca');
}

/** A certificate with its key, in PEM. */
export interface ClientKey {
  readonly cert: string;
  readonly key: string;
}

/** What a broker is shown of this client; null where nothing is declared. */
export async function clientKeyOf({ clientCertificate }: KafkaSource, place: SourcePlace): Promise<ClientKey | null> {
  if (clientCertificate === undefined) return null;
  const { certificate, key } = clientCertificate;
  const at = 'source.clientCertificate';
  const cert = certificatesIn(await secretOf(place, certificate, `${at}.certificate`));
  if (cert === null) throw noPem(`The secret "${certificate}"`, 'CERTIFICATE', `${at}.certificate`);
  const own = privateKeyIn(await secretOf(place, key, `${at}.key`));
  if (own === null) throw noPem(`The secret "${key}"`, 'PRIVATE KEY', `${at}.key`);
  if (!new X509Certificate(cert).checkPrivateKey(own))
    throw new PerennialError(
      'invalid_data',
      `The secret "${key}" is not the key of the certificate in "${certificate}".`,
      {
        path: at,
        hint: 'Put the key there that the certificate was made with; the certificate of the client stands first.',
      },
    );
  return { cert, key: own.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

const pemParts = {
  CERTIFICATE: 'certificate in PEM',
  'PRIVATE KEY': 'private key in PEM that has no pass phrase',
} as const;

function noPem(what: string, part: keyof typeof pemParts, path: string): PerennialError {
  return new PerennialError('invalid_data', `${what} holds no ${pemParts[part]}.`, {
    path,
    hint: `Put the text between BEGIN ${part} and END ${part} there, both lines included.`,
  });
}

/** All certificates of a text; null where there is none, or one that is damaged. */
function certificatesIn(text: string): string | null {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.length > 0 && blocks.every(isCertificate) ? blocks.join('\n') : null;
}

function privateKeyIn(text: string): KeyObject | null {
  try {
    return createPrivateKey(text);
  } catch {
    return null;
  }
}

const fileBytesMax = 1_048_576;

/** A small file within the roots; as a relative path of a source, from the first of them. */
async function fileOf(file: string, place: SourcePlace): Promise<string> {
  const handle = await openWithin(path.resolve(place.roots[0] ?? path.sep, file), place).catch((error: unknown) => {
    if (!isPerennialError(error)) throw error;
    const { code, message, hint } = error;
    throw new PerennialError(code, message, { path: 'source.ca', hint, cause: error });
  });
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(fileBytesMax), 0, fileBytesMax, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

function secretOf({ secret }: SourcePlace, name: string, path: string): Promise<string> {
  if (secret !== undefined) return secret(name);
  throw new PerennialError('invalid_data', `This process is given no secrets, so not "${name}".`, {
    path,
    hint: 'Ask the worker, which reads sources.',
  });
}
