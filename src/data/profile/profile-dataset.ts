import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import type { SnapshotColumn } from '../../domain/training/snapshot.ts';
import type { SnapshotProfile } from '../../domain/training/snapshot-profile.ts';
import { datasetColumns, datasetRows, type Dataset } from '../dataset/dataset-rows.ts';
import { withDuck, type Duck, type DuckDbSettings } from '../duck/connect.ts';
import { associationsMax, associationsOf, pairColumnsMax } from './associations.ts';
import { describeColumns, numberIn } from './describe-columns.ts';
import { driftWithin } from './drift-within.ts';
import { duplicateRows } from './duplicate-rows.ts';
import { leakageOf } from './leakage-of.ts';
import { missingPatterns } from './missing-patterns.ts';
import { readSample, sampleRowsMax, type Sample } from './read-sample.ts';
import { roleOf, type ProfileRoles } from './roles.ts';
import { timeCoverage } from './time-coverage.ts';

/** Columns that are looked at; those of the definition come first. */
const columnsMax = 200;
const memoryMb = 512;

export interface ProfileAsk {
  readonly dataset: Dataset;
  readonly roles: ProfileRoles;
  /** Folder for what has to be written for it; the caller removes it. */
  readonly folder: string;
  readonly settings?: DuckDbSettings;
}

/**
 * The profile of a snapshot with all that it continues. Reads all rows once per question and the sample once; memory is
 * bounded. Throws artifact_corrupt and not_found as the store does.
 */
export async function profileDataset(
  store: Pick<ArtifactStore, 'pathOf' | 'checkedPathOf'>,
  { dataset, roles, folder, settings }: ProfileAsk,
): Promise<SnapshotProfile> {
  const all = inOrderOfUse(datasetColumns(dataset), roles);
  const columns = all.slice(0, columnsMax);
  const source = await datasetRows(store, dataset, folder);
  if (source === null) return emptyProfile(all.length);
  return withDuck({ threads: 1, memoryMb, tempDir: folder, ...settings }, (duck) =>
    profileRows(duck, { source, columns, roles, columnsLeftOut: all.length - columns.length }),
  );
}

interface Rows {
  readonly source: string;
  readonly columns: readonly SnapshotColumn[];
  readonly roles: ProfileRoles;
  readonly columnsLeftOut: number;
}

async function profileRows(duck: Duck, { source, columns, roles, columnsLeftOut }: Rows): Promise<SnapshotProfile> {
  const [counted] = await duck.rows(`SELECT CAST(count(*) AS DOUBLE) AS rows FROM ${source}`);
  const rows = numberIn(counted, 'rows');
  const sample = await readSample(duck, source, columns, rows);
  const described = await describeColumns(duck, source, columns, { sample, rows }, roles);
  const compared = comparedIn(sample, roles);
  const target = roles.target?.column ?? null;
  const pairColumns = compared.filter(({ name }) => name !== target).length;
  const hasTime = columns.some(({ name, type }) => name === roles.eventTime && type === 'BIGINT');
  return {
    formatVersion: 1,
    rows,
    sample: { rows: sample.rows, everyNth: sample.everyNth },
    bounds: boundsOf(columnsLeftOut, Math.max(0, pairColumns - pairColumnsMax)),
    columns: described,
    missing: await missingPatterns(duck, source, described),
    duplicates: await duplicateRows(duck, source, columns, roles),
    time: hasTime && roles.eventTime !== null ? await timeCoverage(duck, source, roles.eventTime) : null,
    associations: await associationsOf({ columns: compared, target }),
    drift: await driftWithin(compared),
    leakage: await leakageOf(sample, roles),
  };
}

/** Whom rows are about, and when, goes with everything that grows: neither is held against other columns. */
function comparedIn({ columns }: Sample, roles: ProfileRoles): Sample['columns'] {
  return columns.filter(({ name }) => !['entity', 'eventTime'].includes(roleOf(name, roles)));
}

/** Target and features in their order, then whatever else there is. */
function inOrderOfUse(columns: readonly SnapshotColumn[], roles: ProfileRoles): readonly SnapshotColumn[] {
  const order = [roles.target?.column, roles.entity, roles.eventTime, ...roles.features.map(({ name }) => name)];
  const place = ({ name }: SnapshotColumn): number => (order.includes(name) ? order.indexOf(name) : order.length);
  return columns.toSorted((a, b) => place(a) - place(b));
}

function boundsOf(columnsLeftOut: number, pairColumnsLeftOut: number): SnapshotProfile['bounds'] {
  return { columnsMax, pairColumnsMax, associationsMax, sampleRowsMax, columnsLeftOut, pairColumnsLeftOut };
}

function emptyProfile(columnsLeftOut: number): SnapshotProfile {
  return {
    formatVersion: 1,
    rows: 0,
    sample: { rows: 0, everyNth: 1 },
    bounds: boundsOf(columnsLeftOut, 0),
    columns: [],
    missing: { patterns: [], patternCount: 0 },
    duplicates: { repeated: 0, byKey: null, entities: null, contradictions: null },
    time: null,
    associations: [],
    drift: { parts: 0, columns: [] },
    leakage: [],
  };
}
