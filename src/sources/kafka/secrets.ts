import { X509Certificate } from 'node:crypto';
import type { KafkaSource } from '../../domain/spec/source-spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
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
  const text = await secretOf(place, ca, 'source.ca');
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length > 0 && blocks.every(isCertificate)) return blocks.join('\n');
  throw new PerennialError('invalid_data', `The secret "${ca}" holds no certificate in PEM.`, {
    path: 'source.ca',
    hint: 'Put the text between BEGIN CERTIFICATE and END CERTIFICATE there, both lines included.',
  });
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
