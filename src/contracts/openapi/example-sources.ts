// Where rows come from, for the reference page.

const source = {
  model: 'fraud',
  specRevision: 2,
  source: 'Postgres (secret warehouse-url)',
  cursor: '2026-05-03 14:02:51.118+00 / 90412',
  takenAt: '2026-05-03T14:03:00.000Z',
  rows: 41_180,
  quarantinedRows: 12,
  quarantinedShare: 0.0004,
  lag: { unread: 30, unit: 'rows', isAtLeast: false },
  changedAt: '2026-05-03T14:03:00.000Z',
  freshMs: 3_600_000,
  alerts: [],
  lookedAt: '2026-05-03T14:08:00.000Z',
  nextLookAt: '2026-05-03T14:13:00.000Z',
  failures: 0,
  problem: null,
  members: [],
};

export const sourceExamples = {
  'GET /v1/sources': { answer: { sources: [source], next: null } },
  'GET /v1/models/{name}/source': { answer: source },
  'POST /v1/sources/test': {
    request: { model: 'fraud' },
    answer: {
      model: 'fraud',
      source: source.source,
      unread: { unread: 41_210, unit: 'rows', isAtLeast: false },
      caveats: ['It is read on by paid_at: deleted rows, and changes of rows before the cursor, are not seen.'],
      sample: {
        rowsSampled: 1_000,
        columns: [
          { name: 'amount', inferredKind: 'number', declaredAs: 'number feature', present: 1_000, distinct: 812 },
        ],
        rows: [['129.50'], ['7.99']],
        notes: [],
        contract: {
          verdict: 'accepted',
          text: '1000 rows: 1000 accepted, 0 quarantined',
          accepted: 1_000,
          missing: [],
          rules: [],
          notAsked: [],
        },
      },
    },
  },
};
