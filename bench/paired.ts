import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { createDatabase } from '../src/db/base/connect.ts';
import { PerennialError } from '../src/domain/words/errors.ts';
import { freePort } from '../src/embedded/process/free-port.ts';
import { startPostgres } from '../src/embedded/postgres/postgres.ts';
import { readOptions, wholeOption } from '../tools/options.mjs';
import { comparePairs, pairAnswers, type PairedFigure } from './paired/compare-answers.ts';
import { readAnswers, type Answers } from './paired/read-answers.ts';

const help = `npm run bench:paired -- BEFORE AFTER [--model NAME] [--blocks 50,500,2000] [--json]

What a change of the loop is worth: the answers of two loops to the same table, row by row. BEFORE and AFTER are state
folders that a demo left behind, of two checkouts or of one with two settings, and nothing may run on them:
  PERENNIAL_STATE_DIR=/tmp/before npm run demo -- --data FILE --target COLUMN    in one checkout
  PERENNIAL_STATE_DIR=/tmp/after  npm run demo -- --data FILE --target COLUMN    in the other
  npm run bench:paired -- /tmp/before/demo /tmp/after/demo
Each Postgres is started, read and stopped, one after the other; an older one is not migrated.

Prints the means of both and their paired difference (positive: AFTER is better), with a 95 % interval by a bootstrap of
blocks of rows, as neighbours are answered by the same version and are alike. How long that lasts is not known, so
several lengths are asked (--blocks), and "better" or "worse" is said only where the intervals of all of them agree.
Of fewer than 20 blocks an interval is too narrow. AUROC is no mean of rows and is left out.`;

const { values, positionals } = readOptions({
  allowPositionals: true,
  options: {
    model: { type: 'string' },
    blocks: { type: 'string', default: '50,500,2000' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const blocks = values.blocks.split(',').map((text) => wholeOption('blocks', text, { max: 1_000_000 }));
const [before, after] = positionals;

if (values.help) process.stdout.write(`${help}\n`);
else if (before === undefined || after === undefined || positionals.length > 2)
  fail('two state folders are wanted, BEFORE and AFTER: see --help', 2);
else await bench(before, after).catch((error: unknown) => fail(sentenceOf(error), 1));

async function bench(beforeDir: string, afterDir: string): Promise<void> {
  const answers = [await answersIn(beforeDir), await answersIn(afterDir)] as const;
  const paired = pairAnswers(...answers);
  const versions = answers.map(({ rows }) => new Set(rows.map(({ version }) => version)).size);
  const figures = comparePairs(paired, blocks);
  const { rows, differingRows, failedRows } = paired;
  const [{ model }] = answers;
  if (values.json) {
    const [ofBefore, ofAfter] = versions;
    const result = {
      bench: 'paired',
      model,
      rows,
      differingRows,
      failedRows,
      versions: { before: ofBefore, after: ofAfter },
      figures,
    };
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return;
  }
  const count = (value: number): string => value.toLocaleString('en');
  const lines = [
    `${model}: ${count(rows)} rows with a label, ${count(differingRows)} of them answered otherwise; ` +
      `versions that answered: ${versions.join(' before, ')} after`,
    ...(failedRows === 0 ? [] : [`left out, as a version failed at them on one side: ${count(failedRows)} rows`]),
    ...figures.flatMap(linesOf),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Of a Postgres that a demo left behind; never of a folder without one, in which one would be made. */
async function answersIn(folder: string): Promise<Answers> {
  const stateDir = path.resolve(folder);
  const isThere = await stat(path.join(stateDir, 'postgres', 'password')).then(
    () => true,
    () => false,
  );
  if (!isThere)
    throw new PerennialError('invalid_request', `${folder} holds no database: name the state folder of a demo.`);
  const scratchDir = await mkdtemp(path.join(tmpdir(), 'perennial-bench-'));
  process.stderr.write(`  reading ${folder}\n`);
  try {
    const logFile = path.join(scratchDir, 'postgres.log');
    const postgres = await startPostgres({ stateDir, logFile, port: await freePort(54_800) });
    const database = createDatabase(postgres.url, { connectionsMax: 1, onIdleError: () => undefined });
    try {
      return await readAnswers(database, folder, values.model ?? null);
    } finally {
      await database.close();
      await postgres.process.stop();
    }
  } finally {
    await rm(scratchDir, { recursive: true, force: true });
  }
}

function linesOf({ metric, before: was, after: is, estimate, intervals, verdict }: PairedFigure): readonly string[] {
  return [
    `${metric}: ${was.toFixed(4)} before, ${is.toFixed(4)} after, ${signed(estimate)} (positive is better): ${verdict}`,
    ...intervals.map(
      ({ blockRows, lower, upper }) =>
        `  blocks of ${blockRows.toLocaleString('en').padStart(6)} rows: [${signed(lower)}, ${signed(upper)}]`,
    ),
  ];
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(4)}`;
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
}

function fail(sentence: string, code: number): void {
  process.stderr.write(`error: ${sentence}.\n`);
  process.exitCode = code;
}
