import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  type KeyObject,
} from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PerennialError } from '../domain/words/errors.ts';

/** The key that signs exports. Its private half leaves this process in no way but signatures. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  /** SubjectPublicKeyInfo as PEM: what verifiers are given. */
  readonly publicKey: string;
  /** SHA-256 of that text, 64 hex digits: by it a signature says which key it is of. */
  readonly fingerprint: string;
  readonly hash: 'sha256' | 'sha384' | 'sha512';
}

const setting = 'PERENNIAL_SIGNING_KEY_FILE';

/** Curves that verifiers of OpenSSF Model Signing take, with the hash that belongs to each. */
const hashes: Readonly<Record<string, SigningKey['hash']>> = {
  prime256v1: 'sha256',
  secp384r1: 'sha384',
  secp521r1: 'sha512',
};

/** Larger files hold no key. */
const bytesMax = 65_536;

/**
 * The key in the file, which is made for its owner alone where there is none. Throws `configuration` for what is no key
 * of a curve that verifiers take, and where the file cannot be read or made; what stands in it is in no message.
 */
export async function ensureSigningKey(file: string): Promise<SigningKey> {
  const found = await textOf(file);
  if (found !== null) return parse(file, found);
  await make(file);
  const made = await textOf(file);
  if (made === null) throw unusable(file, 'is gone as soon as it is made');
  return parse(file, made);
}

async function textOf(file: string): Promise<string | null> {
  try {
    const bytes = await readFile(file);
    if (bytes.length > bytesMax) throw unusable(file, 'is too large for a key');
    return bytes.toString('utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error instanceof PerennialError ? error : unusable(file, `cannot be read (${codeOf(error)})`);
  }
}

function parse(file: string, text: string): SigningKey {
  const privateKey = readKey(text);
  const curve = privateKey?.asymmetricKeyDetails?.namedCurve ?? '';
  const hash = hashes[curve];
  if (privateKey === null || hash === undefined) throw unusable(file, 'holds no private key of the curve P-256');
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
  return { privateKey, publicKey, fingerprint: createHash('sha256').update(publicKey).digest('hex'), hash };
}

/** Null for what is none, and for one under a pass phrase. */
function readKey(text: string): KeyObject | null {
  try {
    return createPrivateKey(text);
  } catch {
    return null;
  }
}

async function make(file: string): Promise<void> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const fresh = `${file}.${randomUUID()}`;
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const text = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await writeFile(fresh, text, { mode: 0o600, flag: 'wx', flush: true });
    // Unlike a rename, a link replaces nothing: of two processes that make one at once, both go on with the first.
    await link(fresh, file);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw unusable(file, `cannot be made (${codeOf(error)})`);
  } finally {
    await rm(fresh, { force: true });
  }
}

function unusable(file: string, why: string): PerennialError {
  return new PerennialError('configuration', `The key that signs exports, ${file}, ${why}.`, {
    path: setting,
    hint:
      `Name a file by ${setting}, made with ` +
      '`openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt`.',
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'no reason given';
}
