import { bindCovariates } from '../../src/answering/bind-covariates.ts';
import { randomUUID } from 'node:crypto';
import type { SpoolRecord } from '../../src/domain/record/records.ts';
import type { Correction } from '../../src/domain/rollout/correction.ts';
import type { RoutingEntry } from '../../src/domain/rollout/routing.ts';
import { signatureOf, type EncodedRow } from '../../src/domain/spec/signature.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { PerennialError } from '../../src/domain/words/errors.ts';
import type { Explainer } from '../../src/onnx/explain/reasons.ts';
import { edgeSignatureOf } from '../../src/serving/edge/edge-signature.ts';
import { planInputs } from '../../src/serving/edge/pick-inputs.ts';
import type { TokenSource } from '../../src/serving/ports.ts';
import type { Serving } from '../../src/serving/serving.ts';
import { createBatcher } from '../../src/serving/versions/micro-batch.ts';
import type { ServedModel } from '../../src/serving/versions/model-table.ts';
import { testEntities } from './entity-names.ts';

export interface ChampionInMemory {
  /** Stands for the model file; null is a row that it fails on. */
  readonly score: (row: EncodedRow) => readonly number[] | null;
  readonly threshold?: number | null;
  readonly correction?: Correction | null;
  /** What explains it; without one nothing can. */
  readonly explainer?: Explainer;
}

/** A model whose version 1 is a function; without a champion nobody answers for it. */
export function servedInMemory(spec: ModelSpec, given: ChampionInMemory | null): ServedModel {
  const signature = signatureOf(spec);
  const edge = edgeSignatureOf(spec, spec);
  const threshold = given?.threshold ?? null;
  const correction = given?.correction ?? null;
  const routed = {
    version: 1,
    modelDigest: 'model',
    profileDigest: 'profile',
    correction: correction === null ? 'identity' : 'correction',
    threshold,
    specRevision: 1,
  };
  const entry: RoutingEntry = {
    model: spec.name,
    revision: 1,
    specRevision: 1,
    champion: given === null ? null : routed,
    challenger: null,
    stage: given === null ? 'empty' : 'steady',
    rollout: null,
    challengerWeight: 0,
    salt: 's',
    leaseUntilMs: null,
  };
  const batcher = createBatcher({ score: (rows) => Promise.resolve(rows.map((row) => given?.score(row) ?? null)) });
  const answerer = { question: signature, threshold, correction };
  const champion = {
    signature,
    batcher,
    inputTypes: new Map<string, string>(),
    routed,
    pick: planInputs(edge, signature),
    answerer,
    covariatesOf: bindCovariates(correction, signature),
    explainer: () =>
      given?.explainer === undefined
        ? Promise.reject(new PerennialError('unavailable', 'Nothing explains this version.'))
        : Promise.resolve(given.explainer),
  };
  return {
    entry,
    edge,
    latestSpec: spec,
    champion: given === null ? null : champion,
    challenger: null,
    abTest: null,
    views: [],
    references: [],
    isChampionAway: false,
  };
}

/** Answers for these models from memory; `records` is what would stand in the spool. Every token may do everything. */
export function servingInMemory(
  models: readonly ServedModel[],
  tokens: TokenSource = { authorise: () => Promise.resolve('allowed') },
): { readonly serving: Serving; readonly records: SpoolRecord[] } {
  const records: SpoolRecord[] = [];
  const write = (given: readonly SpoolRecord[]): void => void records.push(...given);
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const serving: Serving = {
    table: {
      get: (name) => models.find(({ entry }) => entry.model === name),
      names: models.map(({ entry }) => entry.model),
      isReady: true,
    },
    membership: { isMember: () => true },
    spool: {
      assertRoom: () => undefined,
      reserve: () => write,
      append: write,
      flushNow: () => Promise.resolve(),
      flushSync: () => undefined,
      waiting: () => ({ bytes: 0, oldestMs: 0 }),
      close: () => Promise.resolve(),
    },
    tokens,
    entities: testEntities,
    log,
    isDraining: () => false,
  };
  return { serving, records };
}

/** A request of somebody with this token. */
export function callWith(token: string | null) {
  return {
    requestId: randomUUID(),
    startedAtMs: performance.now(),
    authorization: token === null ? undefined : `Bearer ${token}`,
    address: null,
  };
}
