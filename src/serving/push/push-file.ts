import { PerennialError } from '../../domain/words/errors.ts';
import type { KeptAnswer, PushedRequest } from '../ports.ts';

/** Names of files in the folder of pushed rows: being written, waiting for Postgres, or set aside. */
export const pushSuffix = { writing: '.tmp', ready: '.ready', bad: '.bad' } as const;

/** The folder in the spool that holds them. */
export const pushFolder = 'pushes';

export interface PushFile extends PushedRequest {
  readonly model: string;
}

/** A head line, the rows as they came, and an end line that counts them: a file cut short is told from a whole one. */
export function encodePush({ lines, ...head }: PushFile): Buffer {
  const first = JSON.stringify({ type: 'push', formatVersion: 1, ...head });
  const last = JSON.stringify({ type: 'end', rows: head.rows });
  return Buffer.concat([Buffer.from(`${first}\n`), lines, Buffer.from(`${last}\n`)]);
}

/** Throws `invalid_data` for what is no whole file of this format. */
export function parsePush(file: Buffer): PushFile {
  const headEnd = file.indexOf(lineBreak);
  const endStart = file.lastIndexOf(lineBreak, file.length - 2) + 1;
  const head = objectOf(file.subarray(0, Math.max(0, headEnd)));
  const end = objectOf(file.subarray(endStart));
  const { model, keyHash, bodyDigest, answer, receivedAtMs, rows } = head;
  if (
    file.at(-1) !== lineBreak ||
    head['type'] !== 'push' ||
    head['formatVersion'] !== 1 ||
    end['type'] !== 'end' ||
    end['rows'] !== rows ||
    typeof model !== 'string' ||
    typeof keyHash !== 'string' ||
    typeof bodyDigest !== 'string' ||
    typeof receivedAtMs !== 'number' ||
    typeof rows !== 'number' ||
    !isKeptAnswer(answer)
  )
    throw new PerennialError('invalid_data', 'a file of pushed rows is not whole');
  return { model, keyHash, bodyDigest, answer, receivedAtMs, rows, lines: file.subarray(headEnd + 1, endStart) };
}

/** Of what was stored: files and rows of the database outlive the release that wrote them. */
export function isKeptAnswer(value: unknown): value is KeptAnswer {
  return (
    typeof value === 'object' &&
    value !== null &&
    'specRevision' in value &&
    typeof value.specRevision === 'number' &&
    'rows' in value &&
    typeof value.rows === 'number' &&
    'setAside' in value &&
    Array.isArray(value.setAside)
  );
}

const lineBreak = 0x0a;

function objectOf(line: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'));
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    // Said by whoever looks for its members.
  }
  return {};
}
