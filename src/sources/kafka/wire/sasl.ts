import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { SaslMechanism } from '../../../domain/spec/closed-sets.ts';
import { PerennialError } from '../../../domain/words/errors.ts';
import { saslAuthenticate, saslHandshake } from './apis.ts';
import type { Connection } from './connection.ts';
import { brokenAnswer } from './wire-reader.ts';

export interface Login {
  readonly mechanism: SaslMechanism;
  readonly username: string;
  readonly password: string;
}

const wireNames: Readonly<Record<SaslMechanism, string>> = {
  plain: 'PLAIN',
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-512': 'SCRAM-SHA-512',
};

/** Says who is there, on a connection that has just been opened. */
export async function authenticate(connection: Connection, login: Login): Promise<void> {
  const { error, offered } = await connection.send(saslHandshake(wireNames[login.mechanism]));
  if (error !== 0) throw notOffered(login.mechanism, offered);
  const step = async (bytes: Buffer): Promise<Buffer> => {
    const answer = await connection.send(saslAuthenticate(bytes));
    if (answer.error !== 0) throw notLetIn();
    return answer.bytes;
  };
  if (login.mechanism === 'plain') await step(Buffer.from(`\0${login.username}\0${login.password}`));
  else await scram(login, login.mechanism === 'scram-sha-256' ? 'sha256' : 'sha512', step);
}

const iterationsMax = 1_000_000;

/** RFC 5802, which also proves that the server knows the password. */
async function scram(
  { username, password }: Login,
  hash: 'sha256' | 'sha512',
  step: (bytes: Buffer) => Promise<Buffer>,
): Promise<void> {
  const nonce = randomBytes(24).toString('base64');
  const first = `n=${username.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${nonce}`;
  const challenge = (await step(Buffer.from(`n,,${first}`))).toString('utf8');
  const { r: joint = '', s: salt = '', i: rounds = '' } = partsOf(challenge);
  const iterations = Number(rounds);
  if (!joint.startsWith(nonce) || !Number.isInteger(iterations) || iterations < 4_096 || iterations > iterationsMax)
    throw brokenAnswer('asks for a proof that is no SCRAM');
  const bytes = hash === 'sha256' ? 32 : 64;
  const salted = await promisify(pbkdf2)(password, Buffer.from(salt, 'base64'), iterations, bytes, hash);
  const keyed = (key: Buffer, text: string): Buffer => createHmac(hash, key).update(text).digest();
  const clientKey = keyed(salted, 'Client Key');
  const last = `c=biws,r=${joint}`;
  const exchange = `${first},${challenge},${last}`;
  const signature = keyed(createHash(hash).update(clientKey).digest(), exchange);
  const proof = Buffer.from(clientKey.map((byte, index) => byte ^ (signature[index] ?? 0))).toString('base64');
  const { v: proven = '' } = partsOf((await step(Buffer.from(`${last},p=${proof}`))).toString('utf8'));
  const expected = keyed(keyed(salted, 'Server Key'), exchange);
  const given = Buffer.from(proven, 'base64');
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw brokenAnswer('does not prove that it knows the password');
}

function partsOf(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(text.split(',').map((part) => [part.slice(0, 1), part.slice(2)]));
}

function notOffered(mechanism: SaslMechanism, offered: readonly string[]): PerennialError {
  const known = Object.entries(wireNames).flatMap(([name, wire]) => (offered.includes(wire) ? [name] : []));
  return new PerennialError('invalid_data', `The broker of the source does not take a login by ${mechanism}.`, {
    path: 'source.credentials.mechanism',
    hint: known.length === 0 ? 'Ask who keeps it which one it takes.' : `Declare ${known.join(' or ')}.`,
  });
}

function notLetIn(): PerennialError {
  return new PerennialError('invalid_data', 'The broker of the source does not let this login in.', {
    path: 'source.credentials',
    hint: 'Correct what stands in the two secrets, and start the worker again if they are variables.',
  });
}
