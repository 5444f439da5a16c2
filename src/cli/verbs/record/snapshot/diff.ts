import { snapshotDiff, type SnapshotDiffAnswer } from '../../../../contracts/http/data/snapshots.ts';
import { columns, figure } from '../../../../domain/words/columns.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Verb } from '../../../line/verb.ts';

/** Every row of both is read, in turn with others who ask. */
const limitMs = 300_000;

export const snapshotDiffVerb: Verb = {
  name: 'snapshot diff',
  about: 'What changed between two datasets, each with all that it continues.',
  words: ['<from>', '<to>'],
  flags: [],
  examples: ['perennial snapshot diff 4be1c7d0 91aa03f7'],
  async run({ words: [from = '', to = ''], config, out }) {
    const stack = await findStack(config);
    const query = new URLSearchParams({ to });
    const url = `${stack.controlUrl}/v1/snapshots/${encodeURIComponent(from)}/diff?${query.toString()}`;
    const diff = await request(snapshotDiff, { method: 'GET', url, token: stack.token, limitMs });
    for (const line of linesOf(diff)) out.line(line);
    out.json(diff);
  },
};

function linesOf({ rows, rowsChanged, keysChanged, columns: changed }: SnapshotDiffAnswer): string[] {
  const moved = (what: string, of: { readonly added: number; readonly removed: number } | null): string[] =>
    of === null ? [] : [`${what}: ${of.added} added, ${of.removed} removed`];
  return [
    `rows: ${rows.from} before, ${rows.to} after`,
    ...moved('rows that stand on one side alone', rowsChanged),
    ...moved('keys that stand on one side alone', keysChanged),
    '',
    ...columns([
      ['COLUMN', 'CHANGE', 'MISSING', 'MEAN', 'DISTANCE', 'BY CHANCE'],
      ...changed.map(({ name, change, types, values }) => [
        name,
        change === 'retyped' ? `${types.from ?? ''} to ${types.to ?? ''}` : change,
        values === undefined ? '' : `${values.missing.from} to ${values.missing.to}`,
        values?.means == null ? '' : `${figure(values.means.from)} to ${figure(values.means.to)}`,
        values === undefined ? '' : figure(values.distance),
        values === undefined ? '' : figure(values.floor),
      ]),
    ]),
  ];
}
