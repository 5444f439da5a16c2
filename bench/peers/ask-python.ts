import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { rootDir } from '../../src/config.ts';

/** Python with the libraries of `requirements.txt`, which answers one question after the other. */
export interface Peers {
  readonly ask: (question: object, columns: readonly Float64Array[]) => Promise<Record<string, unknown>>;
  readonly end: () => void;
}

/** A whole report of a million rows may take minutes. */
const answerMsMax = 1_800_000;

export function startPeers(python: string): Peers {
  const child = spawn(python, [path.join(rootDir, 'bench', 'peers', 'peers.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // NannyML and Evidently report their use to their makers otherwise, and try again where they reach nobody.
    env: { ...process.env, NML_DISABLE_USAGE_LOGGING: 'true', DO_NOT_TRACK: '1' },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, 'exit').then(() => ({ done: true, value: undefined }) as const);

  async function ask(question: object, columns: readonly Float64Array[]): Promise<Record<string, unknown>> {
    child.stdin.write(`${JSON.stringify({ ...question, rows: columns.map(({ length }) => length) })}\n`);
    for (const { buffer, byteOffset, byteLength } of columns)
      if (!child.stdin.write(new Uint8Array(buffer, byteOffset, byteLength)))
        await Promise.race([once(child.stdin, 'drain'), ended]);
    const answer = await Promise.race([lines.next(), ended, late()]);
    if (answer.done === true || answer.value === undefined)
      throw new Error('Python ended without an answer: install bench/peers/requirements.txt into the environment');
    const told: unknown = JSON.parse(answer.value);
    if (typeof told !== 'object' || told === null) throw new Error('Python answered what is no object');
    return { ...told };
  }

  return { ask, end: () => void child.kill() };
}

function late(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(
      () => reject(new Error(`Python gave no answer within ${answerMsMax / 60_000} minutes`)),
      answerMsMax,
    ).unref();
  });
}
