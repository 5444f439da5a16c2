/** Where each facet is described; the version is that of the schema that the tests hold. */
const schemas = {
  version: ['1-0-1', 'DatasetVersionDatasetFacet'],
  schema: ['1-2-0', 'SchemaDatasetFacet'],
  datasetType: ['1-0-1', 'DatasetTypeDatasetFacet'],
  dataQualityMetrics: ['1-0-0', 'DataQualityMetricsDatasetFacet'],
  dataQualityAssertions: ['1-1-0', 'DataQualityAssertionsDatasetFacet'],
  columnLineage: ['1-2-0', 'ColumnLineageDatasetFacet'],
  outputStatistics: ['1-0-2', 'OutputStatisticsOutputDatasetFacet'],
  errorMessage: ['1-0-1', 'ErrorMessageRunFacet'],
  processing_engine: ['1-1-1', 'ProcessingEngineRunFacet'],
  jobType: ['2-0-4', 'JobTypeJobFacet'],
  ownership: ['1-0-1', 'OwnershipJobFacet'],
} as const;

export type FacetName = keyof typeof schemas;
export type Facets = { readonly [Name in FacetName]?: Facet };
export interface Facet {
  readonly _producer: string;
  readonly _schemaURL: string;
  readonly [member: string]: unknown;
}

export function facet(producer: string, name: FacetName, members: Readonly<Record<string, unknown>>): Facets {
  const [version, schema] = schemas[name];
  const url = `https://openlineage.io/spec/facets/${version}/${schema}.json#/$defs/${schema}`;
  return { [name]: { ...members, _producer: producer, _schemaURL: url } };
}
