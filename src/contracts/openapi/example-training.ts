import { versionExamples } from './example-versions.ts';

const discount = { suspicion: 'discount:target-copy', reason: 'agreed when the order is placed' };

function told(kind: string, text: string): object {
  return { commandId: '0197a1b2-3c4d-7e5f-8a6b-7c8d9e0f1a2c', model: 'fraud', kind, text, link: null };
}

/** Answers about trainings, by route: suspicions of leakage that people let go, trials of a search; and versions. */
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
