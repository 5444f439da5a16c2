const modelDigest = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const fingerprint = '04c92d9900ab716f046c25e7e91b6d42fc34ae3a22750083b736f4238ecd55dc';

/** Answers about a version, by route: its card, and what an export of it is made of. */
export const versionExamples = {
  'GET /v1/models/{name}/versions/{version}/card': {
    answer: {
      formatVersion: 1,
      model: 'fraud',
      version: 3,
      status: 'released',
      origin: 'trained',
      createdAt: '2026-05-01 09:00 UTC',
      modelDigest,
      specRevision: 2,
      specDigest: '4be1c7d0184c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      labelledRows: 40_000,
      data: { snapshots: [], span: null, erased: { rows: 0, snapshots: 0 }, seen: [] },
      metrics: { rows: 8_000, auroc: 0.93, logLoss: 0.11 },
      intervals: { auroc: { lower: 0.91, upper: 0.945, method: 'batch-means' } },
      slices: [{ column: 'merchant', slice: 'travel', metrics: { rows: 900, auroc: 0.9 } }],
      gate: { verdict: 'pass', at: '2026-05-01 09:00 UTC', checks: [] },
      alerts: [],
      moves: [{ at: '2026-05-02 10:00 UTC', what: 'became champion', actor: 'rollout', why: 'it is not worse' }],
      rollouts: [],
      madeBy: { digest: '8eb7ca03cb81d706', node: 'v20.20.2', platform: 'linux-x64' },
    },
  },
  'GET /v1/models/{name}/versions/{version}/export': {
    answer: {
      model: 'fraud',
      version: 3,
      files: [{ name: 'card.md', text: '# Model card: fraud, version 3\n' }],
      modelFile: { name: 'model.onnx', digest: modelDigest, bytes: 48_213 },
      signature: {
        name: 'model.sig',
        text: '{"mediaType": "application/vnd.dev.sigstore…',
        keyFingerprint: fingerprint,
      },
    },
  },
  'GET /v1/signing-key': {
    answer: { publicKey: '-----BEGIN PUBLIC KEY-----\n…\n-----END PUBLIC KEY-----\n', fingerprint },
  },
} as const;
