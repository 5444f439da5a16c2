import type { Example } from './example.ts';

const erasureId = '01890a5d-ac96-774b-bcce-b302099a8057';

const erasure = {
  erasureId,
  scope: 'model',
  name: 'fraud',
  column: null,
  entity: '5f1a3c0b9d2e4f67a1b2c3d4e5f60718',
  isDryRun: false,
  status: 'done',
  by: 'ana',
  reason: 'request 88',
  startedAt: '2026-05-02T08:00:00.000Z',
  endedAt: '2026-05-02T08:00:41.000Z',
  liftedAt: null,
  counts: [
    { owner: 'fraud', place: 'predictions', about: 'logged predictions', rows: 12, files: 0 },
    { owner: 'fraud', place: 'snapshots', about: 'rows of snapshots', rows: 31, files: 2 },
  ],
  trainedOn: [
    { model: 'fraud', version: 3, isChampion: true, retrain: 'perennial retrain fraud --reason "erasure 01890a5d"' },
  ],
  backups: [
    {
      place: '/backups',
      name: '2026-05-01T02-00-00-000Z',
      takenAt: '2026-05-01T02:00:00.000Z',
      endsAt: '2026-05-31T02:00:00.000Z',
    },
  ],
  notReached: [],
};

export const erasureExamples: Readonly<Record<string, Example>> = {
  'POST /v1/erasures': {
    request: { entity: 'c-4711', model: 'fraud', reason: 'request 88' },
    answer: {
      commandId: erasureId,
      model: 'fraud',
      kind: 'erase',
      text: `it goes, in the background: \`perennial erase show ${erasureId}\``,
      link: `http://127.0.0.1:8233/namespaces/perennial/workflows/erase%2F${erasureId}`,
      erasureId,
    },
  },
  'GET /v1/erasures': { answer: { erasures: [erasure], next: null } },
  'GET /v1/erasures/{id}': { answer: erasure },
  'POST /v1/erasures/{id}/lift': {
    request: { reason: 'a customer again' },
    answer: {
      commandId: '01890a5d-ac96-774b-bcce-b302099a8058',
      model: 'fraud',
      kind: 'lift-erasure',
      text:
        'readings of sources take in rows of the entity again; fraud: the next training reads payments.csv again ' +
        '(`perennial retrain fraud`)',
      link: null,
      sources: [
        {
          of: 'model',
          owner: 'fraud',
          source: 'payments.csv',
          isReadAgain: true,
          text: 'fraud: the next training reads payments.csv again (`perennial retrain fraud`)',
        },
      ],
      isMore: false,
    },
  },
};
