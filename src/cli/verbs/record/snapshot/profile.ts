import { snapshotProfileAnswer, type SnapshotProfileAnswer } from '../../../../contracts/http/data/snapshot-profile.ts';
import { snapshotList } from '../../../../contracts/http/data/snapshots.ts';
import { columns, figure, shortInstant } from '../../../../domain/words/columns.ts';
import { PerennialError } from '../../../../domain/words/errors.ts';
import { sayMany, sayShare } from '../../../../domain/words/say.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Verb } from '../../../line/verb.ts';

/** Every row is read, in turn with others who ask. */
const limitMs = 300_000;
const shownPairs = 10;

export const snapshotProfileVerb: Verb = {
  name: 'snapshot profile',
  about: 'How the rows of a dataset look, with all that it continues: columns, gaps, pairs, drift, what leaks.',
  words: ['<digest>'],
  flags: [{ name: 'model', kind: 'text', value: 'NAME', about: 'Whose dataset, for `latest` in place of a digest.' }],
  examples: ['perennial snapshot profile 4be1c7d0', 'perennial snapshot profile latest --model fraud --json'],
  async run({ words: [asked = ''], config, out, text }) {
    const stack = await findStack(config);
    const ask = { method: 'GET', token: stack.token } as const;
    const latest = async (): Promise<string> => {
      const model = text('model');
      if (model === null) throw new PerennialError('invalid_request', '`latest` needs the model.', { path: '--model' });
      const url = `${stack.controlUrl}/v1/models/${encodeURIComponent(model)}/snapshots?limit=1`;
      const [newest] = (await request(snapshotList, { ...ask, url })).snapshots;
      if (newest !== undefined) return newest.digest;
      throw new PerennialError('not_found', `Model "${model}" has no snapshot yet.`, { path: '--model' });
    };
    const digest = asked === 'latest' ? await latest() : asked;
    const url = `${stack.controlUrl}/v1/snapshots/${encodeURIComponent(digest)}/profile`;
    const answer = await request(snapshotProfileAnswer, { ...ask, url, limitMs });
    for (const line of linesOf(answer)) out.line(line);
    out.json(answer);
  },
};

function linesOf({ digest, model, profile }: SnapshotProfileAnswer): string[] {
  const { rows, sample, duplicates, leakage, missing, drift, time } = profile;
  const moved = drift.columns.filter(({ ends }) => ends.hasMoved).map(({ name }) => name);
  return [
    `${digest} of ${model}`,
    `  ${sayMany(rows, 'row')}; ${sayMany(sample.rows, 'row')} in the sample`,
    `  ${sayMany(duplicates.repeated, 'row')} repeat another one in every column`,
    ...(time === null
      ? []
      : [
          `  ${new Date(time.fromMs).toISOString()} to ${new Date(time.toMs).toISOString()}, ` +
            `${sayMany(time.gaps.length, 'gap')} by ${time.period}`,
        ]),
    ...missing.patterns.map(
      (pattern) => `  missing together in ${sayMany(pattern.rows, 'row')}: ${pattern.columns.join(', ')}`,
    ),
    `  moved from the first fifth to the last: ${moved.length === 0 ? 'none' : moved.join(', ')}`,
    ...leakage.map(({ kind, text }) => `  suspected of leakage (${kind}): ${text}`),
    '',
    ...columns([
      ['COLUMN', 'ROLE', 'MISSING', 'DISTINCT', 'MIN', 'MEDIAN', 'MAX', 'OUTLIERS', 'MOST FREQUENT'],
      ...profile.columns.map((column) => lineOf(column, rows)),
    ]),
    '',
    ...columns([
      ['PAIR', 'STRENGTH', 'BY'],
      ...profile.associations
        .slice(0, shownPairs)
        .map((pair) => [pair.columns.join(', '), figure(pair.strength), pair.measure]),
    ]),
  ];
}

function lineOf(column: SnapshotProfileAnswer['profile']['columns'][number], rows: number): string[] {
  const { name, type, role, missing, distinct, numbers, top } = column;
  const median = numbers?.quantiles.find(({ share }) => share === 0.5)?.value;
  // Epoch milliseconds are said as instants: the event time, and features that hold instants.
  const isInstant = type === 'BIGINT' && role !== 'other';
  const say = (value: number): string => (isInstant ? shortInstant(new Date(value).toISOString()) : figure(value));
  const said = (value: number | undefined): string => (value === undefined ? '' : say(value));
  const [most] = top ?? [];
  return [
    name,
    role,
    String(missing),
    String(distinct),
    said(numbers?.min),
    said(median),
    said(numbers?.max),
    numbers?.outliers == null ? '' : String(numbers.outliers.below + numbers.outliers.above),
    most === undefined ? '' : `${most.value} (${sayShare(rows === 0 ? 0 : most.rows / rows)})`,
  ];
}
