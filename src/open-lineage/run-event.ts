import type { RunKind } from '../domain/record/closed-sets.ts';
import type { RunEventType } from '../domain/record/run-event.ts';
import { isPinned } from '../domain/spec/columns/pins.ts';
import type { ModelSpec } from '../domain/spec/spec.ts';
import type { SnapshotManifest } from '../domain/training/snapshot.ts';
import { cut } from '../domain/words/cut.ts';
import { charsMax } from '../domain/words/limits.ts';
import { facet, type Facets } from './facets.ts';
import { championName, modelName, ownNamespace, snapshotName, sourceNames, type DatasetName } from './names.ts';
import { assertionFacet, columnLineage, columnsOf, snapshotFacets, statisticsFacet } from './snapshot-facets.ts';

export interface ToldSnapshot {
  readonly digest: string;
  readonly model: string;
  readonly manifest: SnapshotManifest;
}

/** All that an event tells. */
export interface ToldRun {
  readonly installationId: string;
  readonly productVersion: string;
  readonly type: RunEventType;
  readonly at: Date;
  /** UUID of this execution: the run of OpenLineage. */
  readonly execution: string;
  readonly runId: string;
  readonly model: string;
  readonly kind: RunKind;
  readonly detail: string | null;
  readonly spec: ModelSpec | null;
  readonly sourceDigest: string | null;
  readonly snapshots: readonly ToldSnapshot[];
  readonly trainedOn: readonly ToldSnapshot[];
  readonly version: number | null;
  readonly baseVersion: number | null;
  readonly outcome: string | null;
}

export interface Dataset extends DatasetName {
  readonly facets: Facets;
  readonly inputFacets?: Facets;
  readonly outputFacets?: Facets;
}

export interface RunEvent {
  readonly eventType: RunEventType;
  readonly eventTime: string;
  readonly producer: string;
  readonly schemaURL: string;
  readonly run: { readonly runId: string; readonly facets: Facets };
  readonly job: DatasetName & { readonly facets: Facets };
  readonly inputs: readonly Dataset[];
  readonly outputs: readonly Dataset[];
}

const schemaUrl = 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent';

/** The run event of OpenLineage 2-0-2 for the beginning or the end of a run. */
export function runEventOf(told: ToldRun): RunEvent {
  const producer = `urn:perennial:${told.productVersion}`;
  const context: Context = { ...told, producer };
  return {
    eventType: told.type,
    eventTime: told.at.toISOString(),
    producer,
    schemaURL: schemaUrl,
    run: { runId: told.execution, facets: runFacets(context) },
    job: {
      namespace: ownNamespace(told.installationId),
      name: `${told.model}.${told.kind}`,
      facets: {
        ...facet(producer, 'jobType', {
          processingType: 'BATCH',
          integration: 'PERENNIAL',
          jobType: told.kind.toUpperCase(),
        }),
        ...(told.spec === null ? {} : facet(producer, 'ownership', { owners: [{ name: told.spec.about.owner }] })),
      },
    },
    ...(told.kind === 'rollout' ? ofRollout(context) : ofMaking(context)),
  };
}

type Context = ToldRun & { readonly producer: string };

function runFacets({ producer, productVersion, type, detail }: Context): Facets {
  const engine = facet(producer, 'processing_engine', { version: productVersion, name: 'perennial' });
  if (type !== 'FAIL' && type !== 'ABORT') return engine;
  const message = cut(detail ?? 'it ended without saying why', charsMax.words);
  return { ...engine, ...facet(producer, 'errorMessage', { message, programmingLanguage: 'TypeScript' }) };
}

interface Sides {
  readonly inputs: readonly Dataset[];
  readonly outputs: readonly Dataset[];
}

/** An ingest or a replay makes snapshots of a source; a training or an import makes a version, the one of snapshots. */
function ofMaking(context: Context): Sides {
  const { kind, installationId, type, trainedOn } = context;
  if (kind === 'ingest' || kind === 'replay') {
    const inputs = sourcesOf(context);
    // A beginning that is told late knows the end already, and an earlier failure of the same run what came later.
    const made = type === 'COMPLETE' ? context.snapshots : [];
    return { inputs, outputs: made.map((one) => madeSnapshot(context, one, inputs)) };
  }
  const inputs = trainedOn.map((one) => usedSnapshot(context, one));
  if (type !== 'COMPLETE' || context.version === null) return { inputs, outputs: [] };
  const name = modelName(installationId, context.model);
  return { inputs, outputs: [{ ...name, facets: madeVersion(context, inputs) }] };
}

function ofRollout(context: Context): Sides {
  const { installationId, model, version, baseVersion, outcome, producer, type } = context;
  const name = modelName(installationId, model);
  const champion = championName(installationId, model);
  const at = (dataset: DatasetName, number: number | null): readonly Dataset[] =>
    number === null ? [] : [{ ...dataset, facets: versionFacets(producer, number) }];
  const isPromoted = type === 'COMPLETE' && outcome === 'promoted';
  return {
    inputs: [...at(name, version), ...at(champion, baseVersion)],
    outputs: isPromoted ? at(champion, version) : [],
  };
}

function sourcesOf({ spec, sourceDigest, installationId, model, producer }: Context): readonly Dataset[] {
  if (spec === null) return [];
  const names = sourceNames(spec.source, { installationId, model });
  const isOne = names.length === 1;
  return names.map((name) => ({
    ...name,
    // The digest is of all that a union holds: of one source of several it says nothing.
    facets: isOne && sourceDigest !== null ? facet(producer, 'version', { datasetVersion: sourceDigest }) : {},
  }));
}

function madeSnapshot(context: Context, { digest, manifest }: ToldSnapshot, inputs: readonly Dataset[]): Dataset {
  const { producer, installationId, model, spec } = context;
  const views = new Map(spec?.features.filter(isPinned).map(({ name, from }) => [name, from]));
  const from = (column: string) => {
    const pin = views.get(column);
    if (pin !== undefined) return [{ ...snapshotName(installationId, pin.view, 'view'), field: pin.feature }];
    return inputs.map(({ namespace, name }) => ({ namespace, name, field: column }));
  };
  return {
    ...snapshotName(installationId, model, 'history'),
    facets: {
      ...snapshotFacets(producer, digest, manifest),
      ...assertionFacet(producer, manifest),
      ...columnLineage(producer, manifest, from),
    },
    outputFacets: statisticsFacet(producer, manifest),
  };
}

function usedSnapshot({ producer, installationId }: Context, { digest, model, manifest }: ToldSnapshot): Dataset {
  const kind = manifest.traffic === undefined ? 'history' : 'traffic';
  return {
    ...snapshotName(installationId, model, kind),
    facets: snapshotFacets(producer, digest, manifest),
    inputFacets: assertionFacet(producer, manifest),
  };
}

function versionFacets(producer: string, version: number): Facets {
  return {
    ...facet(producer, 'version', { datasetVersion: `v${version}` }),
    ...facet(producer, 'datasetType', { datasetType: 'MODEL', subType: 'ONNX' }),
  };
}

/** Every answer comes of every feature: which one weighs how much is another question. */
function madeVersion(context: Context, inputs: readonly Dataset[]): Facets {
  const { producer, spec, trainedOn, version } = context;
  const features = new Set(spec?.features.map(({ name }) => name));
  const fields = trainedOn.flatMap(({ manifest }, index) => {
    const from = inputs[index];
    const learnt = columnsOf(manifest).filter(({ name }) => features.has(name));
    return from === undefined
      ? []
      : learnt.map(({ name: field }) => ({
          namespace: from.namespace,
          name: from.name,
          field,
          transformations: [{ type: 'DIRECT', subtype: 'TRANSFORMATION' }],
        }));
  });
  const once = [...new Map(fields.map((one) => [JSON.stringify(one), one])).values()];
  return {
    ...versionFacets(producer, version ?? 0),
    ...facet(producer, 'schema', { fields: [{ name: 'answer', type: spec?.target.task ?? 'unknown' }] }),
    ...(once.length === 0 ? {} : facet(producer, 'columnLineage', { fields: { answer: { inputFields: once } } })),
  };
}
