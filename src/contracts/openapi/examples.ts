import type { Example } from './example.ts';
import type { Metrics } from '../../domain/metrics/metrics.ts';
import { correctionExamples } from './example-corrections.ts';
import { abTestExamples } from './example-ab-test.ts';
import { erasureExamples } from './example-erasures.ts';
import { snapshotExamples } from './example-snapshots.ts';
import { sourceExamples } from './example-sources.ts';
import { trainerExamples } from './example-trainers.ts';
import { trainingExamples } from './example-training.ts';
import { exampleUse, viewExamples } from './example-views.ts';
import { completeSpec } from '../../domain/spec/default-spec.ts';

const digest = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const commandId = '01890a5d-ac96-774b-bcce-b302099a8057';
const link = 'http://127.0.0.1:8233/namespaces/perennial/workflows/model%2Ffraud';

const spec = completeSpec({
  name: 'fraud',
  about: { owner: 'payments', useCase: 'Stops card fraud at the till.', successCriterion: 'Losses fall by a third.' },
  entity: { column: 'card' },
  features: [
    { kind: 'number', name: 'amount', missing: 'refuse', min: 0, max: 5_000 },
    { kind: 'category', name: 'merchant', missing: 'allow', values: ['food', 'travel', 'other'] },
  ],
  target: { task: 'binary', column: 'outcome', positive: 'fraud', negative: 'genuine', labelDelay: { rows: 500 } },
  source: { kind: 'file', path: 'data/payments.csv', format: 'csv' },
});

const rollout = {
  version: 4,
  attempt: 1,
  status: 'held',
  step: 2,
  steps: 2,
  stepBegun: true,
  stepStartedSeq: 12_000,
  settledSeq: 13_000,
  looks: 5,
  baseVersion: 3,
  waitsFor: 'a person to approve or abort',
  reason: 'the last step needs approval',
  startedAt: '2026-05-03T12:00:00.000Z',
  heldSince: '2026-05-03T14:03:00.000Z',
  endedAt: null,
};

const version = {
  version: 3,
  status: 'released',
  origin: 'trained',
  family: 'gbdt',
  runId: 'train/fraud/3',
  specRevision: 2,
  labelledRows: 40_000,
  throughWindow: 12,
  threshold: 0.41,
  metrics: { auroc: 0.93, logLoss: 0.11 } satisfies Partial<Metrics>,
  gateVerdict: 'pass',
  gateEvidenceId: 17,
  createdAt: '2026-05-01T09:00:00.000Z',
};

const alert = {
  alertId: 7,
  model: 'fraud',
  kind: 'drift',
  subject: 'amount',
  severity: 'warning',
  title: 'amount has moved',
  body: 'Window 14 differs from the reference of v3.',
  openedAt: '2026-05-03T13:00:00.000Z',
  closedAt: null,
};

function command(kind: string, text: string): object {
  return { commandId, model: 'fraud', kind, text, link };
}

const examples: Readonly<Record<string, Example>> = {
  'POST /v1/apply': {
    request: { spec, reason: 'merchant added' },
    answer: {
      ...command('apply', '"fraud" is now at revision 2'),
      revision: 2,
      digest,
      created: true,
      changes: [{ path: 'features[1]', before: null, after: '{"kind":"category"}' }],
    },
  },
  'POST /v1/models/{name}/retrain': {
    request: { reason: 'new pricing since Monday' },
    answer: command('retrain', 'the decision is stored in the history'),
  },
  'POST /v1/models/{name}/rollback': {
    request: { toVersion: 3, reason: 'complaints from the call centre' },
    answer: command('rollback', 'a rollout back to v3 was started'),
  },
  'POST /v1/models/{name}/approve': {
    request: { reason: 'reviewed with the fraud desk' },
    answer: command('approve', 'the rollout goes on'),
  },
  'POST /v1/models/{name}/abort': {
    request: { reason: 'too many false alarms among travellers' },
    answer: command('abort', 'the challenger is taken out'),
  },
  'POST /v1/models/{name}/pause': {
    request: { reason: 'the source is being rebuilt' },
    answer: command('pause', 'automatic trainings have stopped'),
  },
  'POST /v1/models/{name}/resume': {
    request: { reason: 'the source is back' },
    answer: command('resume', 'automatic trainings may start'),
  },
  'POST /v1/models/{name}/freeze': {
    request: { reason: 'month-end closing' },
    answer: command('freeze', 'it is frozen: nothing automatic changes it until `perennial thaw`'),
  },
  'POST /v1/models/{name}/thaw': {
    request: { reason: 'closing is done' },
    answer: command('thaw', 'thawed: what was held goes on'),
  },
  'POST /v1/models/{name}/kill': {
    request: { reason: 'declines everybody' },
    answer: {
      ...command('kill', 'back from v4 to v3 (approved by ana on 2026-05-02); frozen until `perennial thaw fraud`'),
      models: [{ model: 'fraud', from: 4, to: 3, why: 'approved by ana on 2026-05-02', challengerOut: null }],
    },
  },
  'POST /v1/models/{name}/promote': {
    request: { version: 3, force: true, reason: 'the gate lacks labels from SE' },
    answer: command('promote', 'v3 becomes champion, although its gate did not release it; it answers'),
  },
  'POST /v1/models/{name}/annotations': {
    request: { version: 3, kind: 'note', text: 'trained on the corrected export' },
    answer: {
      annotationId: 12,
      model: 'fraud',
      version: 3,
      kind: 'note',
      text: 'trained on the corrected export',
      by: 'ana',
      at: '2026-05-02T08:00:00.000Z',
    },
  },
  'GET /v1/freezes': {
    answer: {
      freezes: [{ model: '*', kind: 'freeze', by: 'ana', reason: 'incident', since: '2026-05-02T08:00:00.000Z' }],
      next: null,
    },
  },
  'POST /v1/models/{name}/hold': {
    request: { reason: 'case 4711: keep all' },
    answer: command('set-hold', 'it is held: nothing of it is removed until `perennial hold release`'),
  },
  'POST /v1/models/{name}/hold/release': {
    request: { reason: 'case 4711 is closed' },
    answer: command('release-hold', 'released: what has reached its end goes'),
  },
  'GET /v1/storage': {
    answer: {
      disks: [
        {
          disk: 'database',
          usedBytes: 4_000_000_000,
          freeBytes: 20_000_000_000,
          bytesPerDay: 500_000_000,
          fullAt: '2026-06-11T08:00:00.000Z',
          text: '4 GB; 20 GB free, grows by 500 MB a day: full on 2026-06-11',
        },
      ],
      scrub: {
        startedAt: '2026-05-02T00:00:00.000Z',
        files: 310,
        bytes: 2_000_000_000,
        last: null,
        text: '310 files read again since 2026-05-02; no full round has ended yet',
      },
    },
  },
  ...abTestExamples(command),
  ...snapshotExamples,
  ...trainingExamples,
  ...trainerExamples,
  ...correctionExamples,
  ...erasureExamples,
  ...sourceExamples,
  ...viewExamples,
  'POST /v1/models/{name}/approval/delegate': {
    request: { to: 'eve', days: 7, reason: 'on holiday' },
    answer: command('delegate-approval', 'eve may approve in place of ana until 2026-05-09T08:00:00.000Z'),
  },
  'POST /v1/models/{name}/approval/revoke': {
    request: { to: 'eve', reason: 'back again' },
    answer: command('revoke-delegation', 'eve approves no longer in place of ana; what was approved stays so'),
  },
  'GET /v1/models/{name}/approval/delegations': {
    answer: {
      delegations: [
        {
          model: 'fraud',
          from: 'ana',
          to: 'eve',
          reason: 'on holiday',
          since: '2026-05-02T08:00:00.000Z',
          until: '2026-05-09T08:00:00.000Z',
        },
      ],
      next: null,
    },
  },
  'GET /v1/holds': {
    answer: {
      holds: [{ model: 'fraud', by: 'ana', reason: 'case 4711: keep all', since: '2026-05-02T08:00:00.000Z' }],
      next: null,
    },
  },
  'GET /v1/models/{name}/predictions': {
    answer: {
      predictions: [
        {
          predictionId: 'order-4711',
          model: 'fraud',
          seq: 90_412,
          window: 37,
          requestedAt: '2026-05-02T08:00:00.000Z',
          eventTimeMs: 1_777_708_800_000,
          entityHash: '0f343b0931126a20f133d67c2b018a3b',
          features: { amount: 129.5, merchant: 'books', night: null },
          version: 3,
          arm: 'champion',
          stage: 'steady',
          correction: 'identity',
          specRevision: 2,
          routingRevision: 11,
          scores: [0.93, 0.07],
          rawScores: null,
          decision: 'fine',
          other: null,
          failed: false,
          latencyUs: 310,
          labels: [{ labelId: 'case-9', label: 'fraud', receivedAt: '2026-05-09T08:00:00.000Z', knownWindow: 44 }],
          proxies: [{ name: 'complaint', value: 1, receivedAt: '2026-05-03T09:00:00.000Z', knownWindow: 42 }],
          trainings: [{ version: 4, runId: 'train/fraud/4', throughWindow: 44 }],
          views: [exampleUse],
          storedIn: 'database',
        },
      ],
    },
  },
  'POST /v1/alerts/{id}/close': { request: { reason: 'the feed was late; repaired' } },
  'POST /v1/runs/{id}/reset': {
    request: { beforeEventId: 16, reason: 'the disk was full' },
    answer: command('reset', 'train/fraud/3 runs again from before "fit, refit, ONNX, parity"'),
  },
  'POST /v1/models/{name}/import': {
    request: {
      artifact: digest,
      fileName: 'model.onnx',
      signature: { output: { classes: ['fine', 'fraud'], positive: 'fraud' } },
      owner: 'risk',
      reason: 'from the data science team',
    },
    answer: {
      ...command('import', 'v1 is imported and answers: watched, never trained here'),
      version: 1,
      revision: 1,
      created: true,
      maker: 'not compared with its maker',
      inferred: ['features: f0, f1, f2 (numbered, as the file does not name them)', 'scores: probabilities'],
    },
  },
  'POST /v1/tokens': { request: { name: 'checkout', role: 'predictor', scope: 'fraud', expiresInDays: 90 } },
  'GET /v1/models/{name}/versions': { answer: { model: 'fraud', versions: [version], next: null } },
  'GET /v1/models/{name}/rollouts': { answer: { model: 'fraud', rollouts: [rollout], next: null } },
  'GET /v1/alerts': { answer: { alerts: [alert], next: null } },
  'GET /v1/models/{name}/spec': { answer: { model: 'fraud', revision: 2, digest, spec } },
  'GET /v1/models/{name}/champion': {
    answer: {
      model: 'fraud',
      at: '2026-05-03T14:03:00.000Z',
      champion: {
        version: 3,
        since: '2026-05-02T08:00:00.000Z',
        actor: 'rollout',
        why: 'no worse on 2,000 paired labels',
        evidenceId: 21,
      },
    },
  },
};

/**
 * Example of a route (`POST /v1/apply`); undefined where none is written. A test holds each to the schema of its route.
 */
export function exampleOf(route: string): Example | undefined {
  return examples[route];
}

/** @testonly Every example is checked against its route. */
export const exampledRoutes: readonly string[] = Object.keys(examples);
