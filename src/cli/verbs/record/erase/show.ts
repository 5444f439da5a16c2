import { erasureView, type ErasureView } from '../../../../contracts/http/erasures.ts';
import { columns, shortInstant } from '../../../../domain/words/columns.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Call, Verb } from '../../../line/verb.ts';

export const eraseShowVerb: Verb = {
  name: 'erase show',
  about: 'What came of an erasure: rows by place, versions that learnt from them, back-ups, what was not reached.',
  words: ['<id>'],
  flags: [],
  examples: ['perennial erase show 0b9c1e52-7f1b-4c39-9e0e-2a54d2a7a5b1'],
  run: show,
};

async function show({ config, out, words: [id = ''] }: Call): Promise<void> {
  const stack = await findStack(config);
  const view = await request(erasureView, {
    method: 'GET',
    url: `${stack.controlUrl}/v1/erasures/${encodeURIComponent(id)}`,
    token: stack.token,
  });
  for (const line of linesOf(view)) out.line(line);
  out.json(view);
}

export function sayStatus({ status, isDryRun }: Pick<ErasureView, 'status' | 'isDryRun'>): string {
  return `${status}${isDryRun ? ' (dry run)' : ''}`;
}

function linesOf(view: ErasureView): readonly string[] {
  const { counts, trainedOn, backups, notReached } = view;
  const [rows, would] = [counts.reduce((sum, one) => sum + one.rows, 0), view.isDryRun ? 'would go' : 'erased'];
  return [
    `Erasure ${view.erasureId} in ${view.scope} ${view.name}: ${sayStatus(view)}, by ${view.by}: ${view.reason}.`,
    ...(view.status === 'done' ? [`${rows} rows ${would}.`] : []),
    ...(counts.length === 0 ? [] : columns([['WHERE', 'PLACE', 'ROWS', 'FILES'], ...counts.map(countLine)])),
    ...trainedOn.map((one) => {
      const what = one.isChampion ? ', the champion,' : '';
      return `${one.model} v${one.version}${what} learnt from it: ${one.retrain}`;
    }),
    ...backups.map(({ place, name, takenAt, endsAt }) => {
      const until = endsAt === null ? 'nobody said until when' : `kept until ${shortInstant(endsAt)}`;
      return `Back-up ${name} in ${place} of ${shortInstant(takenAt)} still holds it: ${until}.`;
    }),
    ...notReached.map((sentence) => `Not reached: ${sentence}`),
  ];
}

function countLine({ owner, about, rows, files }: ErasureView['counts'][number]): string[] {
  return [owner, about, String(rows), files === 0 ? '' : String(files)];
}
