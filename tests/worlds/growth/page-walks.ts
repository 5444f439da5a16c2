import path from 'node:path';
import { createHash } from 'node:crypto';
import { createApi } from '../../../src/create-api.ts';
import { createGaugeReader } from '../../../src/db/installation/gauges.ts';
import { ensureSigningKey } from '../../../src/model-signing/signing-key.ts';
import { createControlMetrics } from '../../../src/telemetry/control-metrics.ts';
import { silentBus } from '../silent-bus.ts';
import { cookieOf, formHeaders, formOf } from '../session-world.ts';
import type { Walk } from './activity-walks.ts';
import type { GrowthWorld } from './growth-world.ts';
import { agedErasure, agedModel as model, agedView } from './history-size.ts';

/** Addresses that are not looked at, with why. */
const leftOut: Readonly<Record<string, string>> = {
  '/docs/assets/:file': 'a file of the package',
  '/v1/runs/:id/steps': 'asks Temporal',
  '/v1/runs/:id/trials': 'at most as many rows as the definition of a search allows',
  '/v1/trainings/:id/files/:digest': 'hands out one file by its digest to whoever has an access to its training',
  '/audit/export': 'hands out everything that was asked for, page by page',
  '/v1/audit/verify': 'verifies everything that was asked for, page by page',
  '/portfolio/export': 'the page of the portfolio as a file',
  '/v1/snapshots/:digest/diff': 'reads the files of the two that were asked for',
  '/v1/snapshots/:digest/profile': 'reads the files of the one that was asked for, once',
  '/snapshots/:digest/profile': 'the same for people',
  '/v1/snapshots/:digest/verify': 'reads the files of the one that was asked for',
  '/v1/snapshots/:digest/rows': 'hands out the files of the one that was asked for',
  '/v1/snapshots/:digest/quarantine': 'reads a page of the file of the one that was asked for',
  '/snapshots/:digest/quarantine': 'the same page for people',
};

/** Addresses with questions, beside each route without one. */
const questions: readonly string[] = [
  '/alerts?state=closed',
  `/alerts?model=${model}`,
  '/rollouts?state=ended',
  '/runs?kind=train',
  `/runs?model=${model}`,
  '/runs?status=failed',
  `/audit?model=${model}`,
  '/audit?actor=model',
  '/audit?type=perennial.retrain.declined',
  `/models/${model}?windows=20`,
  `/models/${model}/trainings?metric=auroc&min=2`,
  `/models/${model}/experiments?before=3`,
  `/v1/models/${model}/history?limit=20`,
  `/v1/alerts?model=${model}`,
  `/v1/models/${model}/corrections?version=1`,
];

/** Every page and every answer that is read: the routes are asked of the control port itself. */
export async function pageWalks(world: GrowthWorld): Promise<readonly Walk[]> {
  const api = createApi({
    database: world.deps.database,
    bus: silentBus(),
    log: { info: () => undefined, error: () => undefined },
    store: world.deps.store,
    metrics: createControlMetrics(createGaugeReader(world.deps.database)),
    signingKey: () => ensureSigningKey(path.join(world.deps.workDir, 'signing.key')),
  });
  const answer = await api.request('/sign-in', {
    method: 'POST',
    headers: formHeaders,
    body: formOf({ token: world.token }),
  });
  const cookie = cookieOf(answer, 'perennial-session');
  const routes = new Set(api.routes.filter(({ method }) => method === 'GET').map(({ path }) => path));
  const asked = [...routes].filter((route) => leftOut[route] === undefined);
  return [...asked, ...questions]
    .map((route) => ({ route, address: addressOf(world, route) }))
    .map(({ route, address }) => ({
      name: route,
      async run() {
        const isApi = address.startsWith('/v1/') || address === '/metrics';
        const headers = isApi ? { authorization: `Bearer ${world.token}` } : { cookie };
        const response = await api.request(address, { headers });
        const text = await response.text();
        if (response.status >= 400)
          throw new Error(`${address} was answered ${response.status}: ${text.slice(0, 300)}`);
      },
    }));
}

function addressOf({ size }: GrowthWorld, route: string): string {
  const values: Readonly<Record<string, string>> = {
    ':name': model,
    ':version': String(size.versions),
    ':attempt': '1',
    ':number': '1',
    ':view': agedView,
    ':tag': 'kept',
    ':digest': createHash('sha256').update(`traffic${size.versions}`).digest('hex'),
    ':id': route.startsWith('/v1/erasures/') ? agedErasure : encodeURIComponent(`train/${model}/${size.versions}`),
  };
  const path = route.replaceAll(/(?<=\/):[a-z]+/g, (part) => {
    const value = values[part];
    if (value === undefined) throw new Error(`${route} has a part ${part} that ${import.meta.url} does not know`);
    return value;
  });
  return (
    path +
    (queries[route] ?? '')
      .replace('RUN', encodeURIComponent(`train/${model}/${size.versions}`))
      .replace('VERSION', String(size.versions))
      .replace('BEFORE', encodeURIComponent(`train/${model}/${size.versions - 1}`))
  );
}

/** What a route cannot do without. */
const queries: Readonly<Record<string, string>> = {
  '/runs/view': '?id=RUN',
  '/runs/compare': '?a=BEFORE&b=RUN',
  '/models/:name/trainings/compare': '?run=VERSION&run=1',
  '/audit/evidence': '?id=1',
  '/v1/models/:name/predictions': '?id=p1',
  '/models/:name/lineage': '?of=vVERSION',
  '/v1/models/:name/lineage': '?of=vVERSION',
  '/v1/models/:name/champion': '?at=2026-01-01T00:00:00Z',
};
