import { PerennialError } from '../domain/words/errors.ts';
import type { EntityNames } from '../domain/record/entity-names.ts';
import type { InferenceMetrics } from '../telemetry/inference-metrics.ts';
import { createAcknowledger, followRouting } from './versions/follow-routing.ts';
import { createInferenceApp, type HttpDoor } from './http/app.ts';
import { notReadyReason } from './answer/health.ts';
import { listen } from './http/listen.ts';
import { createMembership } from './cluster/membership.ts';
import { createModelTable } from './versions/model-table.ts';
import type { ArtifactPaths, PushPorts, RoutingSource, TokenSource, ViewStore } from './ports.ts';
import { rememberedViews } from './push/current-views.ts';
import { patientKeys } from './push/find-stored.ts';
import { createPushSpool } from './push/push-spool.ts';
import type { Log } from '../telemetry/log.ts';
import type { ServedViews, Serving } from './serving.ts';
import { createSpool } from './spool/spool.ts';
import { reasonOf } from '../domain/words/reason-of.ts';
import { createLookSampler } from './views/sample-looks.ts';
import { createViewReader } from './views/view-reader.ts';
import { createVersionHost } from './versions/version-host.ts';

export interface InferenceProcessParts extends HttpDoor {
  readonly source: RoutingSource;
  readonly tokens: TokenSource;
  readonly artifacts: ArtifactPaths;
  readonly entities: Pick<EntityNames, 'hashOf'>;
  readonly log: Log;
  /** Values of views, and the share of looks at them that is kept to be computed anew; absent: requests bring them. */
  readonly views?: { readonly store: ViewStore; readonly sampledShare: number };
  readonly processId: string;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly spoolDir: string;
  readonly flushMs: number;
  /** Stored requests to push rows, views that take some, and how many bytes may wait; without it none are taken. */
  readonly pushes?: PushPorts & { readonly spoolBytesMax?: number };
  readonly metrics?: InferenceMetrics;
  /** True for a process without a primary: it loads new versions itself, and answers nobody while it does. */
  readonly shouldLoadInPlace: boolean;
  readonly excluded?: ReadonlySet<string>;
  readonly onLoading?: (key: string) => void;
}

export interface InferenceProcess {
  readonly port: number;
  readonly loaded: readonly string[];
  readonly failed: readonly string[];
  /** Leaves, drains for at most `graceMs`, and makes everything answered durable. Safe to call twice. */
  stop(graceMs: number): Promise<void>;
  /** For the very end of a process whose primary is gone: blocks until the log is on disk. */
  flushSync(): void;
}

/**
 * One inference process: loads and warms everything that is routed, joins, and only then takes requests. Waits for as
 * long as the database is away; ends with `configuration` when it cannot listen.
 */
export async function startInferenceProcess(parts: InferenceProcessParts): Promise<InferenceProcess> {
  const { source, log, processId } = parts;
  const host = createVersionHost({
    source,
    artifacts: parts.artifacts,
    log,
    ...(parts.onLoading === undefined ? {} : { onLoading: parts.onLoading }),
    onProcessEnd: (model, how) => parts.metrics?.modelProcessEnded(model, how),
  });
  const table = createModelTable({ source, host, excluded: parts.excluded ?? new Set(), log });
  const membership = createMembership(source, processId, log);
  await untilItWorks(log, 'the routing cannot be read yet', () => table.refresh({ shouldLoad: true }));
  const spool = createSpool({ dir: parts.spoolDir, processId, flushMs: parts.flushMs, log });
  const pushes = pushesOf(parts);
  const views = parts.views === undefined ? undefined : openViews(parts.views, parts);
  let draining = false;
  const serving: Serving = {
    table,
    membership,
    spool,
    pushes,
    tokens: parts.tokens,
    entities: parts.entities,
    log,
    views,
    metrics: parts.metrics,
    isDraining: () => draining,
  };
  parts.metrics?.observe(() => {
    const { bytes, oldestMs } = spool.waiting();
    const pushedBytes = pushes?.spool.waiting().bytes ?? 0;
    const spoolOldestSeconds = oldestMs === 0 ? 0 : Math.max(0, Date.now() - oldestMs) / 1_000;
    return {
      loadedVersions: host.loaded.length,
      servedModels: table.names.length,
      isReady: notReadyReason(serving) === null,
      spoolBytes: bytes,
      spoolOldestSeconds,
      pushedBytes,
      modelProcesses: host.processes,
    };
  });
  const app = createInferenceApp(serving, parts);
  // Listening comes before joining: a rollout that waits for this process must not wait for a port that is taken.
  const listening = await listen((request) => app.fetch(request), parts.host, parts.port);
  await untilItWorks(log, 'the membership cannot be recorded yet', () => membership.join());
  await createAcknowledger({ source, table, membership, processId })().catch(() => undefined);
  const following = followRouting({ source, table, membership, processId, log, shouldLoad: parts.shouldLoadInPlace });
  let stopping: Promise<void> | undefined;
  const stop = async (graceMs: number): Promise<void> => {
    draining = true;
    await following.stop();
    await membership.leave();
    await listening.drain(graceMs);
    await host.idle();
    views?.reader.stop();
    await views?.sampler.stop();
    await spool.close();
    pushes?.spool.close();
    await host.close();
  };
  return {
    port: listening.port,
    get loaded() {
      return host.loaded;
    },
    get failed() {
      return host.failed;
    },
    stop: (graceMs) => (stopping ??= stop(graceMs)),
    flushSync: () => spool.flushSync(),
  };
}

function pushesOf({ pushes, spoolDir, log }: InferenceProcessParts): Serving['pushes'] {
  if (pushes === undefined) return undefined;
  const { keys, views, spoolBytesMax } = pushes;
  const bounds = spoolBytesMax === undefined ? {} : { bytesMax: spoolBytesMax };
  return {
    spool: createPushSpool({ spoolDir, log, ...bounds }),
    findStored: patientKeys(keys, log),
    currentView: rememberedViews(views, log),
  };
}

function openViews(
  { store, sampledShare }: NonNullable<InferenceProcessParts['views']>,
  { log, metrics }: Pick<InferenceProcessParts, 'log' | 'metrics'>,
): ServedViews {
  const reader = createViewReader(store, log, { looked: (seconds) => metrics?.lookedUp(seconds) });
  return { reader, sampler: createLookSampler(store, log, sampledShare) };
}

const waitMsMax = 2_000;

/** Tries for ever with back-off: a process that started before its database is not wrong, only early. */
async function untilItWorks(log: Log, whatFailed: string, work: () => Promise<void>): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- one attempt after the other
      await work();
      return;
    } catch (error) {
      if (error instanceof PerennialError && error.code === 'configuration') throw error;
      if (attempt % 10 === 0) log.warn({ reason: reasonOf(error) }, whatFailed);
    }
    // oxlint-disable-next-line no-await-in-loop -- the pause between attempts
    await new Promise((resolve) => {
      setTimeout(resolve, Math.min(waitMsMax, 100 * 2 ** Math.min(attempt, 5)));
    });
  }
}
