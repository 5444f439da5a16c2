import { snapshotView, type SnapshotView } from '../../../../contracts/http/data/snapshots.ts';
import { columns, figure, shortInstant } from '../../../../domain/words/columns.ts';
import { sayRepair } from '../../../../domain/training/repair-log.ts';
import { sayBytes, sayMany } from '../../../../domain/words/say.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Verb } from '../../../line/verb.ts';

export const snapshotShowVerb: Verb = {
  name: 'snapshot show',
  about: 'What a dataset holds, which rules were broken, where it comes from.',
  words: ['<digest>'],
  flags: [],
  examples: ['perennial snapshot show 4be1c7d0'],
  async run({ words: [digest = ''], config, out }) {
    const stack = await findStack(config);
    const url = `${stack.controlUrl}/v1/snapshots/${encodeURIComponent(digest)}`;
    const view = await request(snapshotView, { method: 'GET', url, token: stack.token });
    for (const line of linesOf(view)) out.line(line);
    out.json(view);
  },
};

function linesOf(view: SnapshotView): string[] {
  const { digest, model, kind, specRevision, rows, labelledRows, quarantinedRows, files, repairs, rules } = view;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const through = view.throughWindow === null ? '' : `, through window ${view.throughWindow}`;
  const removed = repairs?.removedRows ?? 0;
  const gone = removed === 0 ? '' : `; ${sayMany(removed, 'row')} taken out by repairs`;
  return [
    `${digest}`,
    `  ${kind} of ${model} under revision ${specRevision}${through}, ${shortInstant(view.createdAt)} (UTC)`,
    `  ${sayMany(rows, 'row')} accepted, ${labelledRows} of them labelled; ${quarantinedRows} quarantined${gone}`,
    `  ${sayMany(files.length, 'file')}, ${sayBytes(bytes)}; source ${view.sourceDigest.slice(0, 16)}`,
    ...(view.branched === null
      ? []
      : [`  begins with the rows of ${view.branched.snapshot} of ${view.branched.model}, by reference`]),
    ...view.parents.map((parent) => `  continues ${parent}`),
    ...view.runs.map((run) => `  made by ${run}`),
    ...(view.versions.length === 0 ? [] : [`  trained: ${view.versions.map((one) => `v${one}`).join(' ')}`]),
    ...(repairs === null ? [] : repairs.counts.map((one) => `  repaired by ${sayRepair(one)}`)),
    ...(view.tags.length === 0 ? [] : [`  named ${view.tags.join(', ')}`]),
    ...view.editions.map(({ tag, edition }) => `  published as edition ${edition} of "${tag}"`),
    ...rules.map((rule) => `  ${rule.severity} ${rule.ruleId}: ${sayMany(rule.rows, 'row')} (${rule.about})`),
    '',
    ...columns([
      ['COLUMN', 'TYPE', 'MISSING', 'DISTINCT', 'MIN', 'MEAN', 'MAX'],
      ...view.columns.map((column) => [
        column.name,
        column.type,
        String(column.missing),
        String(column.distinct),
        ...[column.min, column.mean, column.max].map((value) => (value === null ? '' : figure(value))),
      ]),
    ]),
  ];
}
