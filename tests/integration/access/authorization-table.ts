import type { RouteKey } from '../../../src/access/permissions.ts';

/** One model with one of everything that has an id; `nobody` names what does not exist. */
export interface Seeded {
  readonly name: string;
  readonly version: number;
  readonly alert: string;
  readonly run: string;
  readonly annotation: string;
  readonly snapshot: string;
  readonly evidence: string;
  readonly webhook: string;
  readonly view: string;
  readonly erasure: string;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * What a route is about, which decides what a token with a narrow scope may see of it:
 * - `public`: nothing that needs a token.
 * - `self`: the caller alone; any scope will do.
 * - `everywhere`: all models at once; only the scope `*` will do.
 * - `list`: many models; answers, and shows no trace of those outside the scope.
 * - `access`: what no token opens, only an access to one training (tests/integration/trainers).
 * - `one`: one model, by its name or by the id of something of it. Inside the scope it answers; outside, it is refused,
 *   in
 *   the same words as for what does not exist.
 * `id` fills `{id}`, `query` and `body` (JSON, or the fields of a form) name the model's things where the route wants
 * them.
 */
export type Expectation =
  | {
      readonly about: 'public' | 'self' | 'everywhere' | 'list' | 'access';
      readonly body?: Fields;
      readonly query?: string;
    }
  | {
      readonly about: 'one';
      readonly id?: keyof Seeded;
      readonly query?: (of: Seeded) => string;
      readonly body?: (of: Seeded) => Fields;
    };

const open: Expectation = { about: 'public' };
const self: Expectation = { about: 'self' };
const list: Expectation = { about: 'list' };
const one: Expectation = { about: 'one' };
const because: Expectation = { about: 'one', body: () => ({ reason: 'a test' }) };
const allBecause: Expectation = { about: 'everywhere', body: { reason: 'a test' } };
const allowed: Expectation = {
  about: 'one',
  body: () => ({ suspicion: '_order:row-order', reason: 'a test' }),
};
const trim = { repair: 'trim', column: 'amount' };
const tokens: Expectation = { about: 'everywhere' };

/** A route of src/access/permissions.ts without a line here fails the test. */
export const expectations: Record<RouteKey, Expectation> = {
  'GET /health/live': open,
  'GET /health/ready': open,
  'GET /openapi.json': open,
  'GET /v1/errors': open,
  'GET /docs': open,
  'GET /docs/errors': open,
  'GET /docs/assets/{file}': open,
  'GET /assets/perennial.css': open,
  'GET /assets/perennial.js': open,
  'GET /assets/perennial.svg': open,
  'GET /sign-in': open,
  'POST /sign-in': open,
  'POST /sign-out': self,
  'POST /v1/sign-in-links': self,
  'GET /metrics': tokens,

  'GET /': list,
  'GET /alerts': list,
  'GET /rollouts': list,
  'GET /runs': list,
  'GET /audit': list,
  'GET /audit/export': list,
  'GET /portfolio': list,
  'GET /portfolio/export': list,
  'GET /models/{name}': one,
  'GET /models/{name}/versions/{version}': one,
  'GET /models/{name}/versions/{version}/card.html': one,
  'GET /models/{name}/versions/{version}/card.md': one,
  'GET /models/{name}/versions/{version}/model.onnx': one,
  'GET /models/{name}/rollouts/{version}/{attempt}': one,
  'GET /models/{name}/ab-tests/{number}': one,
  'GET /models/{name}/trainings': one,
  'GET /models/{name}/trainings/compare': { about: 'one', query: () => 'run=1&run=1' },
  'GET /models/{name}/experiments': one,
  'GET /models/{name}/experiments/{number}': one,
  'GET /models/{name}/contract': one,
  'GET /models/{name}/lineage': { about: 'one', query: (of) => `of=snapshot:${of.snapshot}` },
  'POST /models/{name}/ab-tests/{number}/stop': because,
  'GET /models/{name}/predictions': one,
  'GET /snapshots/{digest}': one,
  'GET /snapshots/{digest}/profile': one,
  'GET /snapshots/{digest}/quarantine': one,
  'POST /snapshots/{digest}/leakage/allow': allowed,
  'POST /snapshots/{digest}/leakage/revoke': allowed,
  'POST /snapshots/{digest}/publish': {
    about: 'one',
    body: () => ({ tag: 'clean', readers: '', subscribers: '', reason: 'a test' }),
  },
  'POST /snapshots/{digest}/unpublish': { about: 'one', body: () => ({ tag: 'clean', reason: 'a test' }) },
  'POST /snapshots/{digest}/subscribe': {
    about: 'one',
    body: (of) => ({ tag: 'clean', follower: of.name, reason: 'a test' }),
  },
  'POST /snapshots/{digest}/unsubscribe': {
    about: 'one',
    body: (of) => ({ tag: 'clean', follower: of.name, reason: 'a test' }),
  },
  'POST /snapshots/{digest}/quarantine/fix': {
    about: 'one',
    body: () => ({ column: 'amount', value: '1', line: '2', reason: 'a test' }),
  },
  'POST /snapshots/{digest}/quarantine/repair': {
    about: 'one',
    body: () => ({ repair: JSON.stringify(trim), only: 'yes', reason: 'a test' }),
  },
  'POST /snapshots/{digest}/quarantine/drop': because,
  'POST /snapshots/{digest}/quarantine/replay': because,
  'GET /workers': self,
  'GET /runs/view': { about: 'one', query: (of) => `id=${encodeURIComponent(of.run)}` },
  'GET /runs/compare': {
    about: 'one',
    query: (of) => `a=${encodeURIComponent(of.run)}&b=${encodeURIComponent(of.run)}`,
  },
  'GET /audit/evidence': { about: 'one', query: (of) => `id=${of.evidence}` },
  'POST /models/{name}/approve': because,
  'POST /models/{name}/abort': because,
  'POST /models/{name}/rollback': because,
  'POST /models/{name}/retrain': because,
  'POST /models/{name}/pause': because,
  'POST /models/{name}/resume': because,
  'POST /models/{name}/freeze': because,
  'POST /models/{name}/thaw': because,
  'POST /models/{name}/kill': because,
  'POST /models/{name}/hold': because,
  'POST /models/{name}/hold/release': because,
  'POST /models/{name}/best/reset': because,
  'POST /models/{name}/approval/delegate': {
    about: 'one',
    body: () => ({ to: 'eve', days: '1', reason: 'a test' }),
  },
  'POST /models/{name}/approval/revoke': {
    about: 'one',
    body: () => ({ delegation: '/eve', reason: 'a test' }),
  },
  'POST /models/{name}/promote': {
    about: 'one',
    body: (of) => ({ version: of.version, force: 'yes', reason: 'a test' }),
  },
  'POST /models/{name}/annotations': { about: 'one', body: () => ({ kind: 'note', text: 'a test' }) },
  'POST /models/{name}/annotations/remove': { about: 'one', body: (of) => ({ annotation: of.annotation }) },
  'POST /models/{name}/versions/{version}/annotate': { about: 'one', body: () => ({ kind: 'note', text: 'a test' }) },
  'POST /models/{name}/versions/{version}/take-back': { about: 'one', body: (of) => ({ annotation: of.annotation }) },
  'POST /models/{name}/versions/{version}/correction/undo': because,
  'POST /models/{name}/versions/{version}/correction/resume': because,
  'POST /models/{name}/rollouts/{version}/{attempt}/approve': because,
  'POST /models/{name}/rollouts/{version}/{attempt}/abort': because,
  'POST /models/{name}/rollouts/{version}/{attempt}/rollback': because,
  'POST /all-models/freeze': allBecause,
  'POST /all-models/thaw': allBecause,
  'POST /all-models/kill': allBecause,
  'POST /alerts/{id}/close': { about: 'one', id: 'alert', body: () => ({ reason: 'a test' }) },
  'POST /runs/reset': {
    about: 'one',
    query: (of) => `id=${encodeURIComponent(of.run)}`,
    body: () => ({ before: '4', reason: 'a test' }),
  },

  'POST /v1/apply': { about: 'one', body: (of) => ({ spec: { name: of.name } }) },
  'POST /v1/views': { about: 'one', body: (of) => ({ spec: { name: of.view } }) },
  'GET /v1/views': list,
  'GET /v1/views/{view}': one,
  'GET /v1/models': list,
  'GET /v1/models/{name}': one,
  'GET /v1/models/{name}/settled': one,
  'GET /v1/models/{name}/history': one,
  'GET /v1/models/{name}/champion': one,
  'GET /v1/models/{name}/spec': one,
  'GET /v1/models/{name}/source': one,
  'GET /v1/sources': list,
  'POST /v1/sources/test': { about: 'one', body: ({ name }) => ({ model: name }) },
  'GET /v1/models/{name}/rollouts': one,
  'GET /v1/models/{name}/versions': one,
  'GET /v1/models/{name}/versions/{version}': one,
  'GET /v1/models/{name}/versions/{version}/card': one,
  'GET /v1/models/{name}/versions/{version}/export': one,
  'GET /v1/models/{name}/versions/{version}/model.onnx': one,
  'GET /v1/models/{name}/openapi.json': one,
  'POST /v1/models/{name}/retrain': because,
  'POST /v1/models/{name}/reproduce': { about: 'one', body: (of) => ({ version: of.version, reason: 'a test' }) },
  'POST /v1/models/{name}/experiments': {
    about: 'one',
    body: () => ({ candidates: [{ name: 'a', spec: {} }], reason: 'a test' }),
  },
  'GET /v1/models/{name}/experiments': one,
  'GET /v1/models/{name}/experiments/{number}': one,
  'POST /v1/models/{name}/approve': because,
  'POST /v1/models/{name}/abort': because,
  'POST /v1/models/{name}/rollback': because,
  'POST /v1/models/{name}/pause': because,
  'POST /v1/models/{name}/resume': because,
  'POST /v1/models/{name}/freeze': because,
  'POST /v1/models/{name}/thaw': because,
  'POST /v1/models/{name}/kill': because,
  'POST /v1/models/{name}/hold': because,
  'POST /v1/models/{name}/hold/release': because,
  'POST /v1/models/{name}/best/reset': because,
  'POST /v1/models/{name}/ab-test/start': {
    about: 'one',
    body: () => ({ versions: [2], metric: 'positiveRate', better: 'lower', reason: 'a test' }),
  },
  'POST /v1/models/{name}/ab-test/plan': {
    about: 'one',
    body: () => ({ versions: [2], metric: 'positiveRate', better: 'lower' }),
  },
  'POST /v1/models/{name}/ab-test/stop': because,
  'GET /v1/models/{name}/ab-tests': one,
  'GET /v1/models/{name}/ab-tests/{number}': one,
  'POST /v1/models/{name}/approval/delegate': {
    about: 'one',
    body: () => ({ to: 'eve', days: 1, reason: 'a test' }),
  },
  'POST /v1/models/{name}/approval/revoke': { about: 'one', body: () => ({ to: 'eve', reason: 'a test' }) },
  'GET /v1/models/{name}/approval/delegations': one,
  'GET /v1/models/{name}/corrections': one,
  'POST /v1/models/{name}/correction/undo': because,
  'POST /v1/models/{name}/correction/resume': because,
  'GET /v1/holds': list,
  'POST /v1/erasures': { about: 'one', body: ({ name }) => ({ entity: 'nobody', model: name, reason: 'a test' }) },
  'GET /v1/erasures': list,
  'GET /v1/erasures/{id}': { about: 'one', id: 'erasure' },
  'POST /v1/erasures/{id}/lift': { about: 'one', id: 'erasure', body: () => ({ reason: 'a test' }) },
  'GET /v1/storage': self,
  'GET /v1/signing-key': self,
  'GET /v1/models/{name}/predictions': { about: 'one', query: () => 'id=nobody' },
  'GET /v1/models/{name}/lineage': { about: 'one', query: (of) => `of=snapshot:${of.snapshot}` },
  'GET /v1/models/{name}/snapshots': one,
  'GET /v1/snapshots/{digest}': { about: 'one', id: 'snapshot' },
  'GET /v1/snapshots/{digest}/profile': { about: 'one', id: 'snapshot' },
  'GET /v1/snapshots/{digest}/diff': { about: 'one', id: 'snapshot', query: (of) => `to=${of.snapshot}` },
  'GET /v1/snapshots/{digest}/verify': { about: 'one', id: 'snapshot' },
  'GET /v1/snapshots/{digest}/rows': { about: 'one', id: 'snapshot' },
  'GET /v1/models/{name}/snapshot-tags': one,
  'GET /v1/models/{name}/snapshot-tags/{tag}': one,
  'POST /v1/models/{name}/snapshot-tags/{tag}': {
    about: 'one',
    body: (of) => ({ digest: of.snapshot, reason: 'a test' }),
  },
  'POST /v1/models/{name}/snapshot-tags/{tag}/undo': because,
  'POST /v1/models/{name}/snapshot-tags/{tag}/remove': because,
  'POST /v1/models/{name}/snapshot-tags/{tag}/publish': because,
  'POST /v1/models/{name}/snapshot-tags/{tag}/unpublish': because,
  'POST /v1/models/{name}/subscriptions': {
    about: 'one',
    body: () => ({ publisher: 'offerer.m0', tag: 'kept', reason: 'a test' }),
  },
  'POST /v1/models/{name}/subscriptions/end': {
    about: 'one',
    body: () => ({ publisher: 'nobody', tag: 'clean', reason: 'a test' }),
  },
  'GET /v1/models/{name}/snapshot-branches': one,
  'POST /v1/models/{name}/snapshot-branches': {
    about: 'one',
    body: (of) => ({ origin: of.name, from: of.snapshot, reason: 'a test' }),
  },
  'POST /v1/models/{name}/snapshot-branches/end': because,
  'GET /v1/models/{name}/training-allowances': one,
  'POST /v1/models/{name}/training-allowances': allowed,
  'POST /v1/models/{name}/training-allowances/revoke': allowed,
  'GET /v1/models/{name}/quarantine': one,
  'GET /v1/snapshots/{digest}/quarantine': { about: 'one', id: 'snapshot' },
  'POST /v1/snapshots/{digest}/quarantine/fix': {
    about: 'one',
    id: 'snapshot',
    body: () => ({ set: { amount: '1' }, line: 2, reason: 'a test' }),
  },
  'POST /v1/snapshots/{digest}/quarantine/repair/check': {
    about: 'one',
    id: 'snapshot',
    body: () => ({ repair: trim }),
  },
  'POST /v1/snapshots/{digest}/quarantine/repair': {
    about: 'one',
    id: 'snapshot',
    body: () => ({ repair: trim, reason: 'a test' }),
  },
  'POST /v1/snapshots/{digest}/quarantine/drop': { about: 'one', id: 'snapshot', body: () => ({ reason: 'a test' }) },
  'POST /v1/snapshots/{digest}/quarantine/replay': { about: 'one', id: 'snapshot', body: () => ({ reason: 'a test' }) },
  'POST /v1/models/{name}/promote': {
    about: 'one',
    body: (of) => ({ version: of.version, force: true, reason: 'a test' }),
  },
  'POST /v1/models/{name}/import': { about: 'one', body: (of) => ({ artifact: of.snapshot, reason: 'a test' }) },
  'POST /v1/artifacts': self,
  'GET /v1/models/{name}/annotations': one,
  'POST /v1/models/{name}/annotations': { about: 'one', body: () => ({ kind: 'tag', text: 'test' }) },
  'DELETE /v1/models/{name}/annotations/{id}': { about: 'one', id: 'annotation' },
  'GET /v1/freezes': list,
  'POST /v1/freeze': allBecause,
  'POST /v1/thaw': allBecause,
  'POST /v1/kill': allBecause,
  'GET /v1/alerts': list,
  'POST /v1/alerts/{id}/close': { about: 'one', id: 'alert', body: () => ({ reason: 'a test' }) },
  'GET /v1/runs/{id}': { about: 'one', id: 'run' },
  'GET /v1/runs/{id}/steps': { about: 'one', id: 'run' },
  'GET /v1/runs/{id}/trials': { about: 'one', id: 'run' },
  'POST /v1/runs/{id}/reset': { about: 'one', id: 'run', body: () => ({ beforeEventId: 4, reason: 'a test' }) },
  'GET /v1/events': { about: 'list', query: 'after=0' },
  'GET /v1/portfolio': list,
  'GET /v1/webhooks': list,
  'POST /v1/webhooks': { about: 'one', body: (of) => ({ url: 'https://example.com/hook', models: of.name }) },
  'DELETE /v1/webhooks/{id}': { about: 'one', id: 'webhook' },
  'POST /v1/webhooks/{id}/replay': { about: 'one', id: 'webhook', body: () => ({ from: 1 }) },
  'POST /v1/webhooks/{id}/test': { about: 'one', id: 'webhook' },
  'POST /v1/webhooks/{id}/rotate': { about: 'one', id: 'webhook', body: () => ({}) },
  'POST /v1/alert-receivers/rotate': { about: 'everywhere', body: { url: 'https://example.com/alerts' } },
  'POST /v1/trainings/{id}/access': { about: 'one', id: 'run' },
  'GET /v1/trainings/{id}/files/{digest}': { about: 'access' },
  'PUT /v1/trainings/{id}/files/{digest}': { about: 'access' },
  'POST /v1/trainer-workers': {
    about: 'self',
    body: { name: 'one', queue: 'fits', tags: [], memoryGb: null, gpus: [], trainers: [], package: 'a test' },
  },
  'GET /v1/trainer-workers': self,
  'GET /v1/audit': list,
  'GET /v1/audit/verify': tokens,
  'GET /v1/tokens': tokens,
  'POST /v1/tokens': { about: 'everywhere', body: { name: 'made', role: 'viewer', scope: '*' } },
  'DELETE /v1/tokens/{id}': tokens,
  'POST /v1/tokens/{id}/rotate': { about: 'everywhere', body: {} },
};
