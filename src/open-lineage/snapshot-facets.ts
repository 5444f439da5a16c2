import type { SnapshotManifest } from '../domain/training/snapshot.ts';
import { facet, type Facets } from './facets.ts';
import type { DatasetName } from './names.ts';

/** Columns that the reader adds for its own sake. */
const ownColumn = /^_/;

/** What a snapshot is: which version, which columns, how many values are there, and which rules they kept. */
export function snapshotFacets(producer: string, digest: string, manifest: SnapshotManifest): Facets {
  return {
    ...facet(producer, 'version', { datasetVersion: digest }),
    ...facet(producer, 'datasetType', { datasetType: 'FILE', subType: 'PARQUET' }),
    ...facet(producer, 'schema', {
      fields: columnsOf(manifest).map(({ name, type }, index) => ({ name, type, ordinal_position: index + 1 })),
    }),
    ...facet(producer, 'dataQualityMetrics', {
      rowCount: manifest.rows,
      bytes: bytesOf(manifest),
      fileCount: manifest.files.length,
      columnMetrics: Object.fromEntries(
        manifest.profile
          .filter(({ name }) => !ownColumn.test(name))
          .map(({ name, rows, missing, distinct }) => [
            name,
            { nullCount: missing, distinctCount: Math.round(distinct), count: rows - missing },
          ]),
      ),
    }),
  };
}

/** Broken rules of the contract; what is not named was kept. A rule that set rows aside or refused them is an error. */
export function assertionFacet(producer: string, { ruleCounts, schema }: SnapshotManifest): Facets {
  const columns = new Set(schema.map(({ name }) => name));
  return facet(producer, 'dataQualityAssertions', {
    assertions: ruleCounts.map(({ ruleId, severity, rows }) => {
      const column = ruleId.slice(0, ruleId.lastIndexOf('.'));
      return {
        assertion: ruleId,
        name: ruleId,
        success: rows === 0,
        severity: severity === 'warn' ? 'warn' : 'error',
        actual: `${rows} rows`,
        ...(columns.has(column) ? { column } : {}),
      };
    }),
  });
}

export function statisticsFacet(producer: string, manifest: SnapshotManifest): Facets {
  return facet(producer, 'outputStatistics', {
    rowCount: manifest.rows,
    size: bytesOf(manifest),
    fileCount: manifest.files.length,
  });
}

/** Every column of a snapshot has the name that it has in its source; those of views come from rows of the view. */
export function columnLineage(
  producer: string,
  manifest: SnapshotManifest,
  from: (column: string) => readonly (DatasetName & { readonly field: string })[],
): Facets {
  const fields = columnsOf(manifest).map(({ name }) => [
    name,
    {
      inputFields: from(name).map((one) => ({ ...one, transformations: [{ type: 'DIRECT', subtype: 'IDENTITY' }] })),
    },
  ]);
  return facet(producer, 'columnLineage', { fields: Object.fromEntries(fields) as Record<string, unknown> });
}

export function columnsOf({ schema }: SnapshotManifest): SnapshotManifest['schema'] {
  return schema.filter(({ name }) => !ownColumn.test(name));
}

function bytesOf({ files }: SnapshotManifest): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}
