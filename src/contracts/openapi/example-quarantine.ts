const [digest, other] = ['4be1c7d0', '91aa03f7'].map((start) => start.padEnd(64, '0'));
const lower = { repair: 'case', column: 'channel', to: 'lower' };

function told(kind: string, text: string): object {
  return { commandId: '0197a1b2-3c4d-7e5f-8a6b-7c8d9e0f1a2b', model: 'fraud', kind, text, link: null };
}

export const quarantineExamples = {
  'GET /v1/models/{name}/quarantine': {
    answer: {
      model: 'fraud',
      quarantines: [
        {
          digest,
          createdAt: '2026-05-02T08:00:00.000000Z',
          rows: 31,
          open: 9,
          replayed: 20,
          settledBy: null,
          dropped: 2,
          rules: [{ ruleId: 'amount.range', rows: 31, line: 402, about: 'amount lies from 0 to 10000' }],
        },
      ],
      next: null,
    },
  },
  'GET /v1/snapshots/{digest}/quarantine': {
    answer: {
      model: 'fraud',
      digest,
      specRevision: 2,
      settledBy: null,
      leftToReplay: ['one-id'],
      rows: [
        {
          line: 402,
          raw: '{"amount":"-12","country":"DE"}',
          edited: '{"amount":"12","country":"DE"}',
          breaks: [],
          ruleIds: ['amount.range'],
          state: 'open',
        },
      ],
      edits: [{ rule: null, line: 402, column: 'amount', value: '12' }],
      nextLine: null,
    },
  },
  'POST /v1/snapshots/{digest}/quarantine/fix': {
    request: { set: { amount: '12' }, line: 402, reason: 'a refund was booked with a sign' },
    answer: told('fix-quarantine', 'amount of line 402 is edited; replay it'),
  },
  'POST /v1/snapshots/{digest}/quarantine/repair/check': {
    request: { repair: lower },
    answer: {
      model: 'fraud',
      digest,
      text: 'of 31 rows it would change 22; 20 would pass, 0 be taken out, 11 stay set aside',
      declaration: "repair.toCase('channel', 'lower')",
      rows: 31,
      isPartial: false,
      unreadable: 0,
      changed: 22,
      mended: 20,
      takenOut: 0,
      broken: 11,
      rules: [{ ruleId: 'amount.range', rows: 11 }],
      first: [{ line: 17, column: 'channel', before: 'APP', after: 'app', breaks: [] }],
      notes: [],
    },
  },
  'POST /v1/snapshots/{digest}/quarantine/repair': {
    request: { repair: lower, reason: 'one shop writes them large' },
    answer: {
      ...told('apply', '"fraud" is now at revision 3, which reads its source anew and repairs it'),
      revision: 3,
      digest: other,
      created: true,
      changes: [],
      forecast: null,
      declaration: "repair.toCase('channel', 'lower')",
      notes: [],
    },
  },
  'POST /v1/snapshots/{digest}/quarantine/drop': {
    request: { rule: 'row.shape', reason: 'half-written lines' },
    answer: { ...told('drop-quarantine', '2 rows of row.shape dropped'), rows: 2 },
  },
  'POST /v1/snapshots/{digest}/quarantine/replay': {
    request: { reason: 'the signs are mended' },
    answer: {
      ...told('replay-quarantine', '20 rows passed and were learnt of; 9 rows stay set aside'),
      snapshot: other,
      runId: 'replay/fraud/91aa03f700000000',
      rows: 20,
      failed: 9,
    },
  },
};
