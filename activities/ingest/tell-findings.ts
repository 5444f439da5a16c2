import type { Db } from '../../src/db/base/connect.ts';
import { closeAlerts, openAlert } from '../../src/db/watching/alerts.ts';
import type { SourceFindingKind } from '../../src/domain/record/closed-sets.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import type { SourceIdentity } from '../../src/sources/port.ts';

/** What becomes of it, and what a person may do. */
const words: Readonly<Record<SourceFindingKind, readonly [what: string, then: string]>> = {
  late: ['Came late, sorting before what was taken', 'Taken all the same; its rows stand behind the others.'],
  rewritten: [
    'Written again since it was taken',
    'Rows stay as they were read. A new revision of the definition reads everything again, and with ' +
      '`onRewrite: "retake"` any rewrite does.',
  ],
  deleted: ['Gone since it was taken', 'Its rows stay in the history.'],
  lost: [
    'Removed before it was read',
    'It is in no snapshot. Let the topic keep messages longer; a new revision reads what is left from the beginning.',
  ],
  undecodable: [
    'Cannot be decoded, and nothing that can has come since',
    'It is set aside with the next rows. Correct `source.format` if it is written otherwise now.',
  ],
};

/** An alert about objects of the source that are not as one would expect; it ends when there are none. */
export async function tellFindings(db: Db, spec: ModelSpec, { findings }: SourceIdentity): Promise<void> {
  if (findings === undefined) return;
  if (findings.length === 0) return closeAlerts(db, spec.name, ['source-objects']);
  const sentences = findings.map(({ kind, count, names }) => {
    const [what, then] = words[kind];
    const more = count > names.length ? ` and ${count - names.length} more` : '';
    return `${what}: ${names.join(', ')}${more}. ${then}`;
  });
  await openAlert(db, {
    model: spec.name,
    kind: 'source-objects',
    subject: { of: 'source' },
    severity: findings.every(({ kind }) => kind === 'late') ? 'info' : 'warning',
    title: `${spec.name}: objects of its source are ${[...new Set(findings.map(({ kind }) => kind))].join(' and ')}`,
    body: sentences.join(' '),
    webhooks: spec.watch.webhooks,
  });
}
