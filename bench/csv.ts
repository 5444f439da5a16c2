import process from 'node:process';
import { isPerennialError } from '../src/domain/words/errors.ts';
import { readOptions } from '../tools/options.mjs';
import { scoreFolder, type FileScore } from './pollock/score-folder.ts';
import { measures, simpleScore } from './pollock/score.ts';

const help = `npm run bench:csv -- --pollock DIR [--json] [--worst 20]

Reads every file of DIR/csv without a hint, compares it with the file of the same name in DIR/clean by the measures of
the Pollock benchmark of polluted CSV files, and prints its simple score (at most 10), the mean of each measure, the
files that were refused, and those in which a line is not accounted for: of these there must be none. DIR is the folder
\`polluted_files\` of a checkout of the benchmark. \`--worst\` lists the files with the lowest scores.`;

const { values } = readOptions({
  options: {
    pollock: { type: 'string' },
    json: { type: 'boolean', default: false },
    worst: { type: 'string', default: '0' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help || values.pollock === undefined) process.stdout.write(`${help}\n`);
else await bench(values.pollock);

async function bench(dir: string): Promise<void> {
  const scores = await scoreFolder(dir).catch((error: unknown) => {
    if (!isPerennialError(error)) throw error;
    process.stderr.write(`error: ${error.message}. ${error.hint}\n`);
    return null;
  });
  if (scores === null) {
    process.exitCode = 2;
    return;
  }
  report(scores);
  process.exitCode = scores.some(({ isLossy }) => isLossy) ? 1 : 0;
}

function report(scores: readonly FileScore[]): void {
  const means = Object.fromEntries(
    measures.map((measure) => [measure, scores.reduce((sum, one) => sum + one.measures[measure], 0) / scores.length]),
  );
  const refused = scores.flatMap(({ file, refusal }) => (refusal === null ? [] : [{ file, refusal }]));
  const lossy = scores.filter(({ isLossy }) => isLossy).map(({ file }) => file);
  const score = simpleScore(scores.map((one) => one.measures));
  const worst = scores
    .map((one) => ({ file: one.file, score: simpleScore([one.measures]) }))
    .toSorted((left, right) => left.score - right.score)
    .slice(0, Number(values.worst));
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ files: scores.length, score, means, refused, lossy, worst })}\n`);
    return;
  }
  process.stdout.write(
    `${scores.length} files: simple score ${score.toFixed(3)} of 10\n` +
      Object.entries(means)
        .map(([measure, mean]) => `  ${measure} ${mean.toFixed(4)}\n`)
        .join('') +
      `refused: ${refused.length}\n${refused.map((one) => `  ${one.refusal}\n`).join('')}` +
      `lines not accounted for: ${lossy.length} files\n${lossy.map((file) => `  ${file}\n`).join('')}` +
      worst.map((one) => `  ${one.score.toFixed(2)} ${one.file}\n`).join(''),
  );
}
