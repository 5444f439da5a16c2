import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { pushAnswer, type PushAnswerView } from '../../../contracts/http/data/pushed-rows.ts';
import { isPerennialError, PerennialError } from '../../../domain/words/errors.ts';
import { inferenceBodyBytesMax } from '../../../domain/words/limits.ts';
import { sayCount, sayMany } from '../../../domain/words/say.ts';
import { findStack } from '../../../stack/find-stack.ts';
import { requestText } from '../../../stack/request.ts';
import type { Verb } from '../../line/verb.ts';
import { chunksOf, type Chunk } from '../../line/row-chunks.ts';

/** A chunk that waits for room is sent again for so long; a person may go on later with the same command. */
const patienceMs = 600_000;
const pauseMsMax = 30_000;
/** How often a person hears how far it is. */
const progressMs = 2_000;
/** Rows set aside that are named. */
const namedMax = 20;

/** As lineage names views. */
const viewPrefix = 'view/';

interface Sum {
  readonly sent: number;
  readonly accepted: number;
  readonly quarantined: number;
}

export const pushVerb: Verb = {
  name: 'push',
  about:
    'Push rows (one JSON object per line) that a model is to learn from, or of a feature view (view/NAME); run again, ' +
    'it pushes nothing twice.',
  words: ['<model or view/NAME>', '<file or ->'],
  flags: [
    {
      name: 'key',
      kind: 'text',
      value: 'NAME',
      about: 'Name of this push where it comes from `-`: the same name and rows are pushed once.',
    },
  ],
  examples: [
    'perennial push orders new-orders.ndjson',
    'perennial push view/cardholders today.ndjson',
    'zcat orders.ndjson.gz | perennial push orders - --key 2026-11-29',
  ],
  async run({ words: [owner = '', file = ''], config, out, text }) {
    const key = text('key');
    if (file === '-' && key === null)
      throw new PerennialError('invalid_request', 'Rows from the standard input need a name.', {
        path: '--key',
        hint: 'Give one with --key: sent again under it, the same rows are pushed once.',
      });
    const stack = await findStack(config);
    const view = owner.startsWith(viewPrefix) ? owner.slice(viewPrefix.length) : null;
    const of = view === null ? { model: owner } : { view };
    const path = view === null ? `models/${encodeURIComponent(owner)}` : `views/${encodeURIComponent(view)}`;
    const url = `${stack.inferenceUrl}/v1/${path}/rows`;
    const name = file === '-' ? `named ${key}` : `file ${await digestOf(file)}`;
    const setAside: string[] = [];
    let sum: Sum = { sent: 0, accepted: 0, quarantined: 0 };
    let toldMs = Date.now();
    const bounds = { bytesMax: inferenceBodyBytesMax - 64, rowsMax: 500 };
    for await (const chunk of chunksOf(file === '-' ? process.stdin : createReadStream(file), bounds)) {
      const answer = await sent(url, stack.token, chunk, keyOf(name, chunk));
      setAside.push(...setAsideIn(answer, chunk).slice(0, Math.max(0, namedMax - setAside.length)));
      sum = {
        sent: sum.sent + chunk.lines.length,
        accepted: sum.accepted + answer.accepted,
        quarantined: sum.quarantined + answer.quarantined,
      };
      if (Date.now() - toldMs < progressMs) continue;
      toldMs = Date.now();
      out.line(`${sayCount(sum.sent)} rows so far`);
    }
    if (sum.sent === 0) throw new PerennialError('invalid_data', `${file} holds no rows.`, { path: file });
    for (const one of setAside) out.line(one);
    const more = sum.quarantined - setAside.length;
    if (more > 0) out.line(`and ${sayMany(more, 'more row')} set aside`);
    out.line(
      `${sayMany(sum.sent, 'row')} pushed: ${sayCount(sum.accepted)} accepted, ${sayCount(sum.quarantined)} set aside`,
    );
    out.json({ ...of, ...sum });
  },
};

/** By what is pushed and where in it: the same file again has the same keys, whatever it is called by then. */
function keyOf(name: string, { firstLine }: Chunk): string {
  return createHash('sha256').update(`${name}\n${firstLine}`).digest('hex');
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const part of createReadStream(file)) hash.update(part as Buffer);
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new PerennialError('invalid_data', `${file} cannot be read (${why}).`, { path: file, cause });
  }
  return hash.digest('hex');
}

async function sent(url: string, token: string, { lines, firstLine }: Chunk, key: string): Promise<PushAnswerView> {
  const text = `{"rows":[${lines.join(',')}]}`;
  const endMs = Date.now() + patienceMs;
  for (let attempt = 0; ; attempt++) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- attempts follow each other
      return await requestText(pushAnswer, { url, token, text, key });
    } catch (error) {
      if (!isPerennialError(error)) throw error;
      const waitMs = Math.min(pauseMsMax, (error.retryAfterSeconds ?? 2 ** Math.min(attempt, 5)) * 1_000);
      if (!error.retryable || Date.now() + waitMs > endMs)
        throw new PerennialError(error.code, `${error.message} (at line ${firstLine})`, {
          path: error.path ?? `line ${firstLine}`,
          hint: error.retryable ? 'Run the same command again: it goes on where it was.' : error.hint,
          cause: error,
        });
      // oxlint-disable-next-line no-await-in-loop -- the pause between attempts
      await delay(waitMs);
    }
  }
}

function setAsideIn({ rows }: PushAnswerView, { lineNumbers }: Chunk): readonly string[] {
  return rows.flatMap((row, at) =>
    row.verdict === 'accepted' ? [] : [`line ${lineNumbers[at] ?? ''} is set aside by ${row.rules.join(', ')}`],
  );
}
