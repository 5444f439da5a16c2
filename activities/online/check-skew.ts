import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { withDuck, type Duck } from '../../src/data/duck/connect.ts';
import { readCurrentSpec } from '../../src/db/models/specs.ts';
import { readViewByDigest } from '../../src/db/feature-views/read-views.ts';
import { samplesToCheck, type KeptSample } from '../../src/db/feature-views/view-samples.ts';
import { noteSkew, type SkewFound } from '../../src/db/feature-views/view-skew.ts';
import { openAlert } from '../../src/db/watching/alerts.ts';
import type { Db } from '../../src/db/base/connect.ts';
import { skewsOf, type LastSkew } from '../../src/domain/view/skew.ts';
import type { ViewSpec } from '../../src/domain/view/view-spec.ts';
import { isPerennialError } from '../../src/domain/words/errors.ts';
import { reasonOf } from '../../src/domain/words/reason-of.ts';
import { sayMany } from '../../src/domain/words/say.ts';
import type { ViewFile } from '../../src/views/offline/view-rows.ts';
import { viewFilesOf } from '../../src/db/feature-views/view-files.ts';
import { recomputeLooks } from './recompute-looks.ts';
import type { MaterialiseDependencies } from './materialise-view.ts';

/** Looks of one revision that are compared at once; more wait. */
const samplesMax = 500;
const memoryMb = 512;

export interface SkewChecked {
  readonly compared: number;
  readonly different: number;
  /** Whether there was anything to compare. */
  readonly hasSamples: boolean;
}

type Outcome = 'equal' | 'notComparable' | LastSkew;

/**
 * Computes sampled looks of one revision anew, from the snapshots that the store held when it answered and as of the
 * moment of each look, and holds them against what was served. A difference rings. What cannot be computed (the store
 * was being changed, nothing was ingested, files are gone) is counted as such and never as equal.
 */
export async function checkSkew(deps: MaterialiseDependencies): Promise<SkewChecked> {
  const { database } = deps;
  const waiting = await samplesToCheck(database, samplesMax);
  if (waiting === null) return { compared: 0, different: 0, hasSamples: false };
  const { key, samples } = waiting;
  const { spec } = await readViewByDigest(database.db, key.view, key.digest);
  const outcomes = await outcomesOf(deps, spec, key.digest, samples);
  const found = [...grouped(samples, ({ model }) => model)].map(([model, own]) =>
    summed(model, key.view, own, outcomes),
  );
  await noteSkew(database, found, (tx, one) => ring(tx, one));
  const compared = found.reduce((sum, { equal, different }) => sum + equal + different, 0);
  const different = found.reduce((sum, one) => sum + one.different, 0);
  return { compared, different, hasSamples: true };
}

function summed(
  model: string,
  view: string,
  samples: readonly KeptSample[],
  outcomes: ReadonlyMap<number, Outcome>,
): SkewFound & { readonly sampleIds: readonly number[] } {
  const own = samples.map(({ sampleId }) => outcomes.get(sampleId) ?? 'notComparable');
  const skews = own.filter((one) => typeof one !== 'string');
  return {
    model,
    view,
    equal: own.filter((one) => one === 'equal').length,
    different: skews.length,
    notComparable: own.filter((one) => one === 'notComparable').length,
    last: skews.at(-1) ?? null,
    sampleIds: samples.map(({ sampleId }) => sampleId),
  };
}

async function outcomesOf(
  deps: MaterialiseDependencies,
  view: ViewSpec,
  digest: string,
  samples: readonly KeptSample[],
): Promise<ReadonlyMap<number, Outcome>> {
  const outcomes = new Map<number, Outcome>();
  await mkdir(deps.workDir, { recursive: true });
  const folder = await mkdtemp(path.join(deps.workDir, 'skew-'));
  try {
    await withDuck({ threads: 1, memoryMb, tempDir: folder }, async (duck) => {
      for (const [snapshot, own] of grouped(samples, ({ look }) => (look.isBuilding ? null : look.snapshot))) {
        // oxlint-disable-next-line no-await-in-loop -- one snapshot at a time bounds memory and disk
        const files = snapshot === null ? null : await filesOf(deps, view.name, snapshot);
        if (files === null) continue;
        try {
          const of = { view, digest, files, folder };
          // oxlint-disable-next-line no-await-in-loop -- as above
          for (const [id, outcome] of await compared(duck, of, own)) outcomes.set(id, outcome);
        } catch (error) {
          if (!isPerennialError(error)) throw error;
          // What cannot be computed once would not be the next time either, and would hold up all that comes after it.
          deps.log.warn(
            { view: view.name, digest, reason: reasonOf(error) },
            'looks at a view could not be computed anew',
          );
        }
      }
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return outcomes;
}

function grouped<Key>(
  samples: readonly KeptSample[],
  keyOf: (sample: KeptSample) => Key,
): ReadonlyMap<Key, KeptSample[]> {
  const groups = new Map<Key, KeptSample[]>();
  for (const sample of samples) {
    const key = keyOf(sample);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [sample]);
    else group.push(sample);
  }
  return groups;
}

async function compared(
  duck: Duck,
  of: {
    readonly view: ViewSpec;
    readonly digest: string;
    readonly files: readonly ViewFile[];
    readonly folder: string;
  },
  samples: readonly KeptSample[],
): Promise<readonly (readonly [number, Outcome])[]> {
  const looks = samples.map(({ look }) => look);
  const recomputed = await recomputeLooks(duck, of.view, of.files, looks, of);
  return samples.map(({ sampleId, look }, at) => {
    const [skew] = skewsOf(of.view.features, look.values, recomputed[at] ?? {});
    const { predictionId, atMs } = look;
    return [sampleId, skew === undefined ? 'equal' : { ...skew, predictionId, atMs }] as const;
  });
}

/** Null when one of them is not there any more. */
async function filesOf(
  deps: MaterialiseDependencies,
  view: string,
  snapshot: string,
): Promise<readonly ViewFile[] | null> {
  try {
    return await viewFilesOf(deps.database.db, deps.store, { view, snapshot });
  } catch (error) {
    if (isPerennialError(error) && error.code === 'not_found') return null;
    throw error;
  }
}

async function ring(tx: Db, { model, view, equal, different, last }: SkewFound): Promise<void> {
  if (last === null) return;
  const { feature, served, recomputed, predictionId, atMs } = last;
  const { spec } = await readCurrentSpec(tx, model);
  await openAlert(tx, {
    model,
    kind: 'feature-skew',
    subject: { of: 'view', view },
    severity: 'critical',
    title: `${model}: ${feature} of view ${view} is served otherwise than its history says`,
    body:
      `Prediction ${predictionId} got ${JSON.stringify(served)}; as of ${new Date(atMs).toISOString()} the history ` +
      `of the view gives ${JSON.stringify(recomputed)}. ${sayMany(different, 'look')} of ${equal + different} that ` +
      'were computed anew differ. The model is asked about other values than it learnt from.',
    webhooks: spec.watch.webhooks,
  });
}
