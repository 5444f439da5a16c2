import type { Example } from './example.ts';

const digest = `sha256:${'9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'}`;
const worker = {
  name: 'gpu-1',
  queue: 'fits',
  tags: ['a100'],
  memoryGb: 40,
  slots: 1,
  gpus: [{ index: 0, name: 'NVIDIA A100', memoryGb: 40 }],
  trainers: ['fraud'],
  package: 'perennial-python 0.1.0',
  running: ['train/churn/2'],
};

/** What a worker of somebody else says and hears, by route. */
export const trainerExamples: Readonly<Record<string, Example>> = {
  'POST /v1/trainings/{id}/access': {
    answer: { token: `prt_${'x'.repeat(43)}`, expiresAt: '2026-05-02T09:00:00.000Z' },
  },
  'PUT /v1/trainings/{id}/files/{digest}': { answer: { digest, bytes: 123_456 } },
  'POST /v1/trainer-workers': {
    request: worker,
    answer: { goneAfterSeconds: 60, queues: ['fits', 'fits-1g', 'fits-a100', 'fits-a100-1g'] },
  },
  'GET /v1/trainer-workers': {
    answer: {
      workers: [{ ...worker, since: '2026-05-02T08:00:00.000Z', seenAt: '2026-05-02T08:41:00.000Z', busy: 1 }],
      fits: [
        {
          runId: 'train/fraud/4',
          model: 'fraud',
          queue: 'fits',
          trainer: 'fraud',
          tag: 'a100',
          memoryGb: 32,
          since: '2026-05-02T08:40:00.000Z',
          worker: null,
          text: 'waits for a worker of fits with tag a100 and 32 GB; one is there, one is busy',
        },
      ],
    },
  },
};
