import { versionExamples } from './example-versions.ts';

const discount = { suspicion: 'discount:target-copy', reason: 'agreed when the order is placed' };

function told(kind: string, text: string): object {
  return { commandId: '0197a1b2-3c4d-7e5f-8a6b-7c8d9e0f1a2c', model: 'fraud', kind, text, link: null };
}

const experiment = {
  model: 'fraud',
  number: 1,
  runId: 'experiment/fraud/1',
  status: 'completed',
  text: 'usual is the best by Log loss on the same 1200 test rows; proven to be worse (family-wise error 5 %): linear',
  best: 'usual',
  metric: 'logLoss',
  snapshot: '4be1c7d09f2a3b5c',
  startedBy: 'ana',
  reason: 'is a linear model enough?',
  startedAt: '2026-05-02T08:00:00.000Z',
  endedAt: '2026-05-02T08:00:09.000Z',
};
const cost = {
  rows: { training: 3_200, validation: 800, test: 1_200 },
  inputs: 12,
  fileBytes: 48_112,
  latencyUs: 61.4,
  fitMs: 1_480,
};

/**
 * Answers about trainings, by route: suspicions of leakage that people let go, trials of a search, experiments; and
 * versions.
 */
export const trainingExamples = {
  ...versionExamples,
  'GET /v1/models/{name}/training-allowances': {
    answer: {
      model: 'fraud',
      allowances: [
        { ...discount, feature: 'discount', kind: 'target-copy', by: 'ana', since: '2026-05-02T08:00:00.000Z' },
      ],
    },
  },
  'POST /v1/models/{name}/training-allowances': {
    request: discount,
    answer: told(
      'allow-leakage',
      'trainings go on in spite of discount:target-copy, from the next one on: `perennial retrain fraud`',
    ),
  },
  'POST /v1/models/{name}/training-allowances/revoke': {
    request: { ...discount, reason: 'it is written at the refund' },
    answer: told('revoke-leakage', 'trainings stop at discount:target-copy again'),
  },
  'POST /v1/models/{name}/reproduce': {
    request: { version: 3, reason: 'asked by the auditors' },
    answer: { ...told('reproduce', 'v3 is fitted again: reproduce/fraud/3/1'), runId: 'reproduce/fraud/3/1' },
  },
  'POST /v1/models/{name}/experiments': {
    request: {
      candidates: [
        { name: 'usual', spec: { name: 'fraud' } },
        { name: 'linear', spec: { name: 'fraud', trainer: { kind: 'linear' } } },
      ],
      reason: 'is a linear model enough?',
    },
    answer: {
      ...told('experiment', '2 candidates are compared: experiment/fraud/1'),
      runId: 'experiment/fraud/1',
      number: 1,
    },
  },
  'GET /v1/models/{name}/experiments': { answer: { experiments: [experiment], next: null } },
  'GET /v1/models/{name}/experiments/{number}': {
    answer: {
      ...experiment,
      alpha: 0.05,
      testRows: 1_200,
      candidates: [
        {
          name: 'usual',
          specDigest: '9b2e0c4d5f6a7182',
          standing: 'best',
          difference: null,
          family: 'gbdt',
          trees: 86,
          metrics: { logLoss: 0.4113 },
          intervals: { logLoss: { lower: 0.39, upper: 0.433 } },
          ...cost,
          reason: null,
          changes: [],
        },
        {
          name: 'linear',
          specDigest: '1c7f3a9e8d6b5042',
          standing: 'worse',
          difference: { estimate: -0.021, lower: -0.033, upper: -0.009 },
          family: 'linear',
          trees: 0,
          metrics: { logLoss: 0.4323 },
          intervals: { logLoss: { lower: 0.41, upper: 0.455 } },
          ...cost,
          reason: null,
          changes: [{ path: 'trainer.kind', before: '"gbdt"', after: '"linear"' }],
        },
      ],
      champion: { version: 3, metrics: { logLoss: 0.4068 }, unseenRows: 0, difference: null },
    },
  },
  'GET /v1/runs/{id}/trials': {
    answer: {
      runId: 'train/fraud/3',
      model: 'fraud',
      trials: [
        {
          number: 1,
          rung: 0,
          share: 1,
          family: 'gbdt',
          settings: { learningRate: 0.0714, leavesMax: 21 },
          loss: 0.4113,
          trees: 86,
          rows: 4_100,
          computeMs: 780,
          reason: null,
          doneAt: '2026-05-02T08:00:00.000Z',
          isChosen: true,
          weight: null,
        },
      ],
    },
  },
};
