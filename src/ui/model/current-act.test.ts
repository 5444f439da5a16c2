import { expect, test } from 'vitest';
import type { ModelView } from '../../commands/pages/model.ts';
import { acts, currentAct } from './current-act.ts';

type Given = Parameters<typeof currentAct>[0];
const champion = {
  version: 3,
  modelDigest: '',
  profileDigest: '',
  correction: 'identity',
  threshold: null,
  specRevision: 1,
};
const entry = {
  model: 'a',
  revision: 1,
  specRevision: 1,
  champion,
  challenger: null,
  stage: 'steady',
  rollout: null,
  challengerWeight: 0,
  salt: '',
  leaseUntilMs: null,
} as const;
const quiet: Given = {
  running: [],
  rollouts: [],
  entry,
  windows: [],
  openWindow: { number: 5, rows: 10, openedAt: null },
  rolloutWaitsFor: null,
  serving: { championVersion: 3, processes: 2, behind: 0 },
};
const run = (kind: string): ModelView['running'][number] => ({
  runId: `${kind}/a/1`,
  kind,
  trigger: 'drift',
  startedAt: new Date(0),
});
const rollout = {
  version: 4,
  attempt: 1,
  status: 'held',
  step: 1,
  baseVersion: 3,
  reason: null,
  evidenceId: null,
  startedAt: new Date(0),
  heldSince: null,
  endedAt: null,
} as const;

test.each<[string, Given, string]>([
  ['serve', quiet, 'v3 answers; window 5 is open.'],
  [
    'serve',
    { ...quiet, serving: { championVersion: 3, processes: 2, behind: 1 } },
    'v3 is champion, but 1 of 2 inference processes has not taken it yet; window 5 is open.',
  ],
  [
    'serve',
    { ...quiet, serving: { championVersion: 3, processes: 0, behind: 0 } },
    'v3 is champion, and no inference process is running to answer with it; window 5 is open.',
  ],
  ['ingest', { ...quiet, entry: null }, 'No version answers yet.'],
  ['train', { ...quiet, running: [run('guard'), run('train')] }, 'A training is under way (drift).'],
  [
    'roll out',
    { ...quiet, running: [run('train')], rollouts: [rollout], rolloutWaitsFor: 'a person' },
    'The rollout of v4 waits for a person.',
  ],
  [
    'watch',
    { ...quiet, running: [run('guard')] },
    'The new champion answers, and a guard compares it with its predecessor as labels come in.',
  ],
])('%s is lit', (act, given, text) => {
  expect(currentAct(given)).toEqual({ act, text });
  expect(acts.some((one) => one.name === act)).toBe(true);
});
