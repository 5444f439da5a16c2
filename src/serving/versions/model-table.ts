import type { Answerer } from '../../answering/answer.ts';
import type { AbTestArm, RoutedVersion, RoutingEntry } from '../../domain/rollout/routing.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { bindCovariates, type CovariatesOf } from '../../answering/bind-covariates.ts';
import { edgeSignatureOf, type EdgeSignature } from '../edge/edge-signature.ts';
import { planInputs, type PickInputs } from '../edge/pick-inputs.ts';
import { repairsKey } from '../edge/repair-request.ts';
import type { Acknowledgement, RoutedEntry, RoutingSource } from '../ports.ts';
import type { Log } from '../../telemetry/log.ts';
import { reasonOf } from '../../domain/words/reason-of.ts';
import type { LoadedVersion } from './open-version.ts';
import { servedArms } from './needed-versions.ts';
import { referenceColumnsOf, viewColumnsOf, type ReferenceColumns, type ViewColumns } from '../views/view-columns.ts';
import type { VersionHost } from './version-host.ts';
import { versionKey } from './version-key.ts';

export interface ServedVersion extends LoadedVersion {
  readonly routed: RoutedVersion;
  readonly pick: PickInputs;
  /** What turns its scores into answers. */
  readonly answerer: Answerer;
  /** What of a row its correction reads beside the scores. */
  readonly covariatesOf: CovariatesOf;
}

/** An arm of an A/B test; `served` is null for one that was stopped. */
export interface ServedArm {
  readonly version: number;
  readonly served: ServedVersion | null;
}

/** One model as this process answers for it. `entry` is what it applies, which may lag behind what Postgres says. */
export interface ServedModel {
  readonly entry: RoutedEntry;
  readonly edge: EdgeSignature;
  readonly latestSpec: ModelSpec;
  readonly champion: ServedVersion | null;
  readonly challenger: ServedVersion | null;
  /** Its arms in their order, the control first; null outside of an A/B test, or where this process cannot run it. */
  readonly abTest: { readonly arms: readonly ServedArm[] } | null;
  /** Cells that come from views. */
  readonly views: readonly ViewColumns[];
  /** Rules by which a row is refused whose key a view does not have. */
  readonly references: readonly ReferenceColumns[];
  /** A champion is routed, but this process could not load it: whatever answers instead is a failure. */
  readonly isChampionAway: boolean;
}

export interface ModelTable {
  /** Reads the routing and applies what can be applied. `load` also loads missing versions, which blocks the loop. */
  refresh(options: { readonly shouldLoad: boolean }): Promise<void>;
  get(model: string): ServedModel | undefined;
  readonly names: readonly string[];
  /** True once the routing has been read. */
  readonly isReady: boolean;
  /** Every model whose current revision this process fully applies. */
  readonly applied: readonly Acknowledgement[];
}

export interface ModelTableParts {
  readonly source: Pick<RoutingSource, 'read' | 'spec'>;
  readonly host: VersionHost;
  /** Challengers that ended processes before; they are left out (`versionKey`). */
  readonly excluded: ReadonlySet<string>;
  readonly log: Log;
}

export function createModelTable(parts: ModelTableParts): ModelTable {
  const served = new Map<string, ServedModel>();
  let current: readonly RoutedEntry[] = [];
  let isReady = false;
  let tail: Promise<void> = Promise.resolve();

  const refresh = async (shouldLoad: boolean): Promise<void> => {
    const entries = await parts.source.read();
    for (const entry of entries) {
      // oxlint-disable-next-line no-await-in-loop -- loading two files at once would only block the loop for longer
      await refreshModel(parts, served, entry, shouldLoad).catch((error: unknown) => {
        parts.log.error(
          { model: entry.model, revision: entry.revision, reason: reasonOf(error) },
          'the routing entry cannot be applied',
        );
      });
    }
    const names = new Set(entries.map((entry) => entry.model));
    for (const name of served.keys()) if (!names.has(name)) served.delete(name);
    current = entries;
    isReady = true;
  };

  return {
    refresh({ shouldLoad }) {
      // One at a time, in order: an older answer must not overwrite a newer one.
      const next = tail.then(() => refresh(shouldLoad));
      tail = next.catch(() => undefined);
      return next;
    },
    get: (model) => served.get(model),
    get names() {
      return current.map((entry) => entry.model);
    },
    get isReady() {
      return isReady;
    },
    get applied() {
      return current
        .filter((entry) => isSame(served.get(entry.model)?.entry, entry))
        .map(({ model, revision, digest = null }) => ({ model, revision, digest }));
    },
  };
}

/** A lower revision is taken as well, and the same one with another content: Postgres says what stands. */
function isSame(before: RoutedEntry | undefined, { revision, digest }: RoutedEntry): boolean {
  return before?.revision === revision && before.digest === digest;
}

async function refreshModel(
  parts: ModelTableParts,
  served: Map<string, ServedModel>,
  entry: RoutedEntry,
  shouldLoad: boolean,
): Promise<void> {
  const before = served.get(entry.model);
  if (before !== undefined && isSame(before.entry, entry)) {
    // Leases are renewed without a new revision.
    const renewed = withLeases(before.entry, entry);
    if (leasesOf(renewed).some((lease, at) => lease !== leasesOf(before.entry)[at]))
      served.set(entry.model, { ...before, entry: renewed });
    return;
  }
  if (shouldLoad) {
    if (entry.champion !== null) await parts.host.load(entry.model, entry.champion);
    if (entry.challenger !== null && !isExcluded(parts, entry)) await parts.host.load(entry.model, entry.challenger);
    for (const { version } of servedArms(entry.abTest ?? null))
      // oxlint-disable-next-line no-await-in-loop -- loading two files at once would only block the loop for longer
      if (!parts.excluded.has(versionKey(entry.model, version))) await parts.host.load(entry.model, version);
  }
  const applied = applicable(parts, entry, before?.entry ?? null);
  const isChampionAway = entry.champion !== null && applied.champion === null;
  if (
    before !== undefined &&
    before.isChampionAway === isChampionAway &&
    JSON.stringify(applied) === JSON.stringify(before.entry)
  )
    return;
  served.set(entry.model, await buildServedModel(parts, applied, isChampionAway));
}

/**
 * The entry itself when all of its versions are in memory. Otherwise the nearest thing: its champion (or the one
 * before) alone, under the revision before, so that nothing is counted for a revision that this process does not
 * follow. A challenger that was taken out is so gone at once, whatever else the new entry asks for.
 */
function applicable(parts: ModelTableParts, entry: RoutedEntry, before: RoutedEntry | null): RoutedEntry {
  const has = (routed: RoutedVersion | null): boolean =>
    routed === null || parts.host.get(entry.model, routed) !== undefined;
  const championHere = has(entry.champion);
  if (championHere && has(entry.challenger) && !isExcluded(parts, entry))
    return withoutAbsentArms(parts, entry, before);
  const champion = championHere ? entry.champion : (before?.champion ?? null);
  const stage = champion === null ? 'empty' : 'steady';
  const revision = before?.revision ?? entry.revision - 1;
  return {
    ...entry,
    revision,
    digest: null,
    champion,
    challenger: null,
    stage,
    rollout: null,
    challengerWeight: 0,
    leaseUntilMs: null,
    ...(entry.abTest == null ? {} : { abTest: null }),
  };
}

/**
 * An A/B test runs where all of its arms are in memory, or not at all: what failed must not change who is compared.
 * While they are being loaded the revision is that of before; where they cannot be, the entry counts as followed, since
 * no rollout may wait for an A/B test.
 */
function withoutAbsentArms(parts: ModelTableParts, entry: RoutedEntry, before: RoutedEntry | null): RoutedEntry {
  const absent = servedArms(entry.abTest ?? null).filter(
    ({ version }) => parts.host.get(entry.model, version) === undefined,
  );
  if (absent.length === 0) return entry;
  const keys = absent.map(({ version }) => versionKey(entry.model, version));
  if (keys.some((key) => parts.excluded.has(key) || parts.host.failed.includes(key))) return { ...entry, abTest: null };
  return { ...entry, abTest: null, revision: before?.revision ?? entry.revision - 1, digest: null };
}

function leasesOf({ leaseUntilMs, abTest }: RoutedEntry): readonly (number | null)[] {
  return [leaseUntilMs, abTest?.leaseUntilMs ?? null];
}

function withLeases(entry: RoutedEntry, { leaseUntilMs, abTest }: RoutedEntry): RoutedEntry {
  if (entry.abTest == null) return { ...entry, leaseUntilMs };
  return {
    ...entry,
    leaseUntilMs,
    abTest: { ...entry.abTest, leaseUntilMs: abTest?.leaseUntilMs ?? null },
  };
}

function isExcluded(parts: ModelTableParts, entry: RoutingEntry): boolean {
  return entry.challenger !== null && parts.excluded.has(versionKey(entry.model, entry.challenger));
}

async function buildServedModel(
  parts: ModelTableParts,
  entry: RoutedEntry,
  isChampionAway: boolean,
): Promise<ServedModel> {
  const specOf = async (routed: RoutedVersion | null): Promise<ModelSpec | null> =>
    routed === null ? null : parts.source.spec(entry.model, routed.specRevision);
  const latestSpec = await parts.source.spec(entry.model, entry.specRevision);
  const champion = entry.champion === null ? undefined : parts.host.get(entry.model, entry.champion);
  const arms = entry.abTest?.arms ?? [];
  const others = await Promise.all([entry.challenger, ...arms.map(({ version }) => version)].map(specOf));
  const championSpec = await specOf(entry.champion);
  const edge = edgeSignatureOf(latestSpec, championSpec, others, champion?.inputTypes);
  const serve = async (routed: RoutedVersion | null): Promise<ServedVersion | null> => {
    const loaded = routed === null ? undefined : parts.host.get(entry.model, routed);
    if (routed === null || loaded === undefined) return null;
    const correction = await parts.host.correction(routed.correction);
    return {
      ...loaded,
      routed,
      pick: planInputs(edge, loaded.signature, repairsKey((await specOf(routed)) ?? latestSpec)),
      answerer: { question: loaded.signature, threshold: routed.threshold, correction },
      covariatesOf: bindCovariates(correction, loaded.signature),
    };
  };
  const servedArm = async ({ version: routed, isStopped }: AbTestArm): Promise<ServedArm> => ({
    version: routed.version,
    served: isStopped ? null : await serve(routed),
  });
  return {
    entry,
    edge,
    latestSpec,
    champion: await serve(entry.champion),
    challenger: await serve(entry.challenger),
    abTest: entry.abTest == null ? null : { arms: await Promise.all(arms.map(servedArm)) },
    views: viewColumnsOf(edge, [championSpec, latestSpec, ...others]),
    references: referenceColumnsOf(edge, latestSpec),
    isChampionAway,
  };
}
