import { quarantineExamples } from './example-quarantine.ts';

const [digest, other, file] = ['4be1c7d0', '91aa03f7', 'd20f6a1e'].map((start) => start.padEnd(64, '0'));
const line = {
  digest,
  kind: 'history' as const,
  specRevision: 2,
  throughWindow: null,
  createdAt: '2026-05-02T08:00:00.000000Z',
  rows: 12_000,
  quarantinedRows: 31,
};

const of = { kind: 'version', key: '3' };

function told(kind: string, text: string): object {
  return { commandId: '0197a1b2-3c4d-7e5f-8a6b-7c8d9e0f1a2b', model: 'fraud', kind, text, link: null };
}

const profile = {
  formatVersion: 1,
  rows: 12_000,
  sample: { rows: 12_000, everyNth: 1 },
  bounds: {
    columnsMax: 200,
    pairColumnsMax: 40,
    associationsMax: 200,
    sampleRowsMax: 20_000,
    columnsLeftOut: 0,
    pairColumnsLeftOut: 0,
  },
  columns: [
    {
      name: 'channel',
      type: 'VARCHAR',
      role: 'feature',
      missing: 4,
      distinct: 1,
      top: [{ value: 'app', rows: 11_996 }],
    },
  ],
  missing: { patterns: [{ columns: ['channel'], rows: 4 }], patternCount: 1 },
  duplicates: { repeated: 0, byKey: null, entities: null, contradictions: 12 },
  time: null,
  associations: [
    { columns: ['channel', 'outcome'], isWithTarget: true, measure: 'cramersV', strength: 0.2, rows: 11_996 },
  ],
  drift: { parts: 10, columns: [] },
  leakage: [],
} as const;
const tagged = {
  tag: 'clean',
  digest,
  by: 'ana',
  reason: 'signs are mended',
  at: '2026-05-02T08:00:00.000Z',
  published: {
    edition: 2,
    digest,
    readers: [],
    subscribers: ['payments.*'],
    at: '2026-05-02T09:00:00.000Z',
    withdrawnAt: null,
  },
};

/** Answers about snapshots and lineage, by route. */
export const snapshotExamples = {
  ...quarantineExamples,
  'GET /v1/models/{name}/lineage': {
    answer: {
      model: 'fraud',
      isOfView: false,
      of,
      nodes: [
        { ...of, text: 'v3, trained, released', at: '2026-05-02T08:10:00.000Z', distance: 0 },
        {
          kind: 'snapshot',
          key: digest,
          text: 'history 4be1c7d000000000, 12000 rows',
          at: '2026-05-02T08:00:00.000Z',
          distance: 1,
        },
      ],
      edges: [{ from: { kind: 'snapshot', key: digest }, to: of }],
      isCut: false,
    },
  },
  'GET /v1/models/{name}/snapshots': {
    answer: { model: 'fraud', snapshots: [{ ...line, filesRemovedAt: null, versions: [3] }], next: null },
  },
  'GET /v1/snapshots/{digest}': {
    answer: {
      ...line,
      model: 'fraud',
      labelledRows: 12_000,
      sourceDigest: other,
      contractDigest: other,
      logicalDigest: 'duckdb-v1.5.6-hash-sum:110680464442257',
      parents: [],
      branched: null,
      files: [{ sha256: file, bytes: 402_113, rows: 12_000 }],
      columns: [{ name: 'amount', type: 'DOUBLE', missing: 4, distinct: 9_100, min: 0.5, max: 4_100, mean: 71.3 }],
      repairs: {
        counts: [{ repair: 'trim', columns: ['country'], of: 'cells', count: 312, line: 7 }],
        removedRows: 0,
        logDigest: file,
        loggedRows: 312,
      },
      rules: [{ ruleId: 'amount.range', severity: 'quarantine', rows: 31, line: 402, about: 'amount is 0 to 10000' }],
      batchChecks: [
        {
          ruleId: 'mean-amount',
          severity: 'warn',
          verdict: 'kept',
          about: 'the mean of amount is 71.3 and was 70.1: 0.02 standard deviations, of 0.5 that are allowed',
          against: [other],
        },
      ],
      runs: ['ingest/fraud/91aa03f7/2'],
      versions: [3],
      tags: ['clean'],
      editions: [{ tag: 'clean', edition: 2 }],
    },
  },
  'GET /v1/snapshots/{digest}/profile': { answer: { digest, model: 'fraud', snapshots: 1, profile } },
  'GET /v1/models/{name}/snapshot-tags': {
    answer: {
      model: 'fraud',
      tags: [tagged],
      subscriptions: [
        {
          publisher: 'payments.cardholders',
          tag: 'clean',
          throughEdition: 4,
          by: 'ana',
          since: '2026-05-02T08:00:00.000Z',
        },
      ],
    },
  },
  'GET /v1/models/{name}/snapshot-tags/{tag}': {
    answer: {
      model: 'fraud',
      ...tagged,
      moves: [{ digest, by: 'ana', reason: 'signs are mended', at: '2026-05-02T08:00:00.000Z' }],
      editions: [{ edition: 2, digest, by: 'ana', reason: 'May', at: '2026-05-02T09:00:00.000Z' }],
      subscribers: ['payments.chargeback'],
    },
  },
  'POST /v1/models/{name}/snapshot-tags/{tag}': {
    request: { digest: '4be1c7d0', reason: 'signs are mended' },
    answer: told('tag-snapshot', '"clean" names 4be1c7d000000000'),
  },
  'POST /v1/models/{name}/snapshot-tags/{tag}/undo': {
    request: { reason: 'the wrong month' },
    answer: told('tag-snapshot', '"clean" names 91aa03f700000000, and 4be1c7d000000000 before'),
  },
  'POST /v1/models/{name}/snapshot-tags/{tag}/remove': {
    request: { reason: 'nobody uses it' },
    answer: told('tag-snapshot', '"clean" names nothing any more'),
  },
  'POST /v1/models/{name}/snapshot-tags/{tag}/publish': {
    request: { subscribers: ['payments.*'], reason: 'May' },
    answer: told(
      'publish-snapshot',
      '"clean" is published as edition 2: payments.* may read it, payments.* may subscribe',
    ),
  },
  'POST /v1/models/{name}/snapshot-tags/{tag}/unpublish': {
    request: { reason: 'labels were wrong' },
    answer: told('unpublish-snapshot', '"clean" is withdrawn: nobody outside reads it, and it starts no training'),
  },
  'POST /v1/models/{name}/subscriptions': {
    request: { publisher: 'payments.cardholders', tag: 'clean', reason: 'same cards' },
    answer: told('subscribe', 'it trains again when "clean" of payments.cardholders is published, from edition 5 on'),
  },
  'POST /v1/models/{name}/subscriptions/end': {
    request: { publisher: 'payments.cardholders', tag: 'clean', reason: 'own cards now' },
    answer: told('unsubscribe', 'it trains no more for "clean" of payments.cardholders'),
  },
  'GET /v1/models/{name}/snapshot-branches': {
    answer: {
      model: 'fraud',
      begins: null,
      branches: [
        {
          model: 'fraud.lab',
          origin: 'fraud',
          digest,
          by: 'ana',
          reason: 'fewer leaves',
          at: '2026-05-02T08:00:00.000Z',
        },
      ],
    },
  },
  'POST /v1/models/{name}/snapshot-branches': {
    request: { origin: 'payments.cardholders', from: 'clean', reason: 'fewer leaves' },
    answer: told(
      'branch-snapshot',
      'its history begins with 4be1c7d000000000 of payments.cardholders, under definitions that read nothing yet',
    ),
  },
  'POST /v1/models/{name}/snapshot-branches/end': {
    request: { reason: 'it has rows of its own' },
    answer: told(
      'unbranch-snapshot',
      'its next definition begins with its own source alone; the history that stands stays as it is',
    ),
  },
  'GET /v1/snapshots/{digest}/diff': {
    answer: {
      from: digest,
      to: other,
      rows: { from: 12_000, to: 12_400 },
      columns: [
        {
          name: 'amount',
          change: 'same',
          types: { from: 'DOUBLE', to: 'DOUBLE' },
          values: {
            missing: { from: 4, to: 4 },
            means: { from: 71.3, to: 71.9 },
            distance: 0.021,
            floor: 0.018,
          },
        },
      ],
      rowsChanged: { added: 400, removed: 0 },
      keysChanged: { added: 122, removed: 0 },
    },
  },
  'GET /v1/snapshots/{digest}/verify': {
    answer: {
      digest,
      snapshots: 2,
      isWhole: false,
      wrongManifests: [],
      erased: [],
      files: [{ snapshot: digest, sha256: file, state: 'damaged' }],
    },
  },
};
