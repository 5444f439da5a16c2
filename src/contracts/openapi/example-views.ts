// Feature views, for the reference page.

const row = {
  view: 'cardholders',
  revision: 2,
  digest: '3f5a8a1f0b6f9d2f4c7d51f5a7c2e9b04c1d6a87e2b39f05d8a4c6e1b7f09a23',
  owner: 'risk',
  entity: ['cardholder'],
  features: ['age', 'spend7d'],
  appliedAt: '2026-05-03T14:03:00.000Z',
  source: {
    source: 'folder cardholders (parquet)',
    cursor: 'cardholders/2026-05-03.parquet',
    takenAt: '2026-05-03T14:05:00.000Z',
    rows: 41_180,
    quarantinedRows: 12,
    quarantinedShare: 0.0003,
    lag: { unread: 0, unit: 'files', isAtLeast: false },
    lookedAt: '2026-05-03T14:08:00.000Z',
    nextLookAt: '2026-05-03T14:09:00.000Z',
    failures: 0,
    problem: null,
    changedAt: '2026-05-03T14:05:00.000Z',
    freshMs: 86_400_000,
    alerts: [],
    members: [],
  },
};

const spec = {
  formatVersion: 1,
  name: 'cardholders',
  owner: 'risk',
  entity: ['cardholder'],
  eventTime: { column: 'at' },
  availableTime: null,
  rowId: null,
  features: [
    { name: 'age', kind: 'number' },
    { name: 'spend7d', kind: 'number', aggregate: 'sum', column: 'amount', over: null, windowMs: 604_800_000 },
  ],
  ttlMs: 2_592_000_000,
  contract: { rules: [], quarantineShareMax: 0.1 },
  source: { kind: 'folder', path: 'cardholders', format: 'parquet' },
};

export const viewExamples = {
  'POST /v1/views': {
    request: { spec, reason: 'spend of the last week' },
    answer: {
      commandId: '0d9c1c0a-6d5e-4a0b-9c36-0d2b8f2f6b11',
      model: 'cardholders',
      kind: 'apply-view',
      text: 'View "cardholders" is now at revision 2',
      link: null,
      revision: row.revision,
      digest: row.digest,
      created: true,
      changes: [],
    },
  },
  'GET /v1/views': { answer: { views: [row], next: null } },
  'GET /v1/views/{view}': {
    answer: {
      ...row,
      spec,
      revisions: [{ revision: 2, digest: row.digest, actor: 'ana', appliedAt: row.appliedAt }],
      newestSnapshot: {
        digest: 'a4c6e1b7f09a233f5a8a1f0b6f9d2f4c7d51f5a7c2e9b04c1d6a87e2b39f05d8',
        createdAt: '2026-05-03T14:05:00.000Z',
        rows: 41_180,
        quarantinedRows: 12,
      },
      models: [{ model: 'fraud', digest: row.digest }],
    },
  },
};

/** How the values of a view stood that a prediction was answered with. */
export const exampleUse = {
  view: 'cards',
  digest: 'c0ffee'.padEnd(64, '0'),
  status: 'fresh',
  ageMs: 5_000,
  atMs: 1_777_766_400_000,
  given: 0,
};
