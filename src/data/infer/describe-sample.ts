import { dirname } from 'node:path';
import type { SampleReport, SampledColumn, SampledContract } from '../../domain/record/source-test.ts';
import { ownRowsOf } from '../../domain/spec/columns/pins.ts';
import type { RowsSpec } from '../../domain/spec/columns/rows-spec.ts';
import { isAboutHistory, isAboutView } from '../../domain/spec/columns/rule-subject.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { rowsOfView, usedBy } from '../../domain/view/rows-of-view.ts';
import { isWindowed, type ViewSpec } from '../../domain/view/view-spec.ts';
import { cut } from '../../domain/words/cut.ts';
import { isPerennialError } from '../../domain/words/errors.ts';
import { nearestColumn } from '../../domain/words/nearest-name.ts';
import { absentColumns } from '../contract/check-rows.ts';
import { checkedColumns } from '../contract/checked-columns.ts';
import { validateTable } from '../contract/validate.ts';
import type { Duck } from '../duck/connect.ts';
import { withTable } from '../read/open-table.ts';
import { baseOf, rawRow } from '../read/read-lossless.ts';
import type { OpenTable } from '../read/table-file.ts';
import type { RawTable } from '../snapshot/raw-table.ts';
import { inferFeatures } from './infer-features.ts';
import { guessKind } from './columns/guess-kind.ts';
import { scanColumns } from './columns/scan-columns.ts';

/** The first rows of a source, in a file of a folder of its own. */
export type SampledTable = Pick<RawTable, 'path' | 'name' | 'format' | 'rowsMax' | 'encoding'>;

const rowsShown = 10;
const columnsShown = 200;
const notesShown = 20;
const cellCharsMax = 80;

/** Of a model, or of a feature view. */
export type SampledFor = ModelSpec | ViewSpec;

/**
 * What the first rows of a source are, column by column, and what the contract of a definition would say of them.
 * Throws invalid_data where the table cannot be read at all.
 */
export async function describeSample(table: SampledTable, spec: SampledFor): Promise<SampleReport> {
  const { path, name, format, rowsMax, encoding } = table;
  // Beside the sample, so that whoever removes its folder removes all of it, also when this process was killed.
  const settings = { threads: 1, memoryMb: 512, tempDir: dirname(path) } as const;
  return withTable(path, { name, expected: format, rowsMax, encoding, settings }, (open, duck) =>
    described(duck, open, spec),
  );
}

/** What a definition makes of columns. */
interface Declared {
  readonly rows: RowsSpec;
  /** Columns that are no value of a row, by what they are. */
  readonly named: readonly (readonly [column: string, use: string])[];
  readonly target: string;
}

function declaredIn(spec: SampledFor): Declared {
  if ('target' in spec) {
    const { target, entity, eventTime } = spec;
    return {
      rows: ownRowsOf(spec),
      named: [
        [target.column, `target (${target.task})`],
        ...(entity === null ? [] : ([[entity.column, 'entity']] as const)),
        ...(eventTime === null ? [] : ([[eventTime.column, 'event time']] as const)),
      ],
      target: target.column,
    };
  }
  return {
    rows: rowsOfView(spec),
    named: [
      ...spec.entity.map((column) => [column, 'entity'] as const),
      [spec.eventTime.column, 'event time'],
      ...(spec.availableTime === null ? [] : ([[spec.availableTime.column, 'available time']] as const)),
      ...(spec.rowId === null ? [] : ([[spec.rowId, 'row id']] as const)),
    ],
    // No column is called so.
    target: '',
  };
}

async function described(duck: Duck, open: OpenTable, spec: SampledFor): Promise<SampleReport> {
  const declared = declaredIn(spec);
  const names = open.columns.slice(0, columnsShown).map((column) => column.name);
  const scans = await scanColumns(duck, open, names);
  const used = declared.named.map(([column]) => column);
  const { features, notes } = inferFeatures(
    scans.filter((scan) => !used.includes(scan.name)),
    { target: declared.target, named: used, clocks: new Set() },
  );
  const hidden = open.columns.length - names.length;
  return {
    rowsSampled: scans[0]?.rows ?? 0,
    columns: scans.map((scan): SampledColumn => ({
      name: scan.name,
      inferredKind: used.includes(scan.name)
        ? guessKind(scan).kind
        : (features.find((feature) => feature.name === scan.name)?.kind ?? null),
      declaredAs: declaredAs(spec, declared, scan.name),
      present: scan.present,
      // The estimate may be above what there is.
      distinct: Math.min(scan.distinct, scan.present),
    })),
    rows: await firstRows(duck, open, names),
    notes: [...(hidden > 0 ? [`${hidden} more columns are not shown.`] : []), ...notes.slice(0, notesShown)],
    contract: await judged(duck, open, declared),
  };
}

async function firstRows(duck: Duck, table: OpenTable, names: readonly string[]): Promise<(string | null)[][]> {
  const rows = await duck.rows(`SELECT ${rawRow(table)} AS cells FROM ${baseOf({ ...table, rowsMax: rowsShown })}`);
  return rows.map(({ cells }) => {
    const row = objectOf(String(cells));
    return names.map((name) => cellOf(row.get(name)));
  });
}

/** A map, since a column may be called `__proto__`. */
function objectOf(text: string): ReadonlyMap<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
  } catch {
    return new Map();
  }
}

function cellOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return cut(typeof value === 'string' ? value : JSON.stringify(value), cellCharsMax);
}

function declaredAs(spec: SampledFor, { named }: Declared, name: string): string | null {
  const features =
    'target' in spec
      ? spec.features.filter((feature) => feature.name === name).map(({ kind }) => `${kind} feature`)
      : spec.features.flatMap((feature) => usesOf(feature, name));
  const uses = [...features, ...named.flatMap(([column, use]) => (column === name ? [use] : []))];
  return uses.length === 0 ? null : uses.join(', ');
}

/** What a feature of a view makes of a column. */
function usesOf(feature: ViewSpec['features'][number], column: string): readonly string[] {
  if (!isWindowed(feature)) return feature.name === column ? [`${feature.kind} feature`] : [];
  return usedBy(feature).includes(column) ? [`${feature.aggregate} in ${feature.name}`] : [];
}

/**
 * A contract that cannot be asked of these rows, since a declared column is absent, says so in its own words. Keys of
 * views and batches before are not at hand: rules that ask them are left out, and named.
 */
async function judged(duck: Duck, table: OpenTable, { rows: declared }: Declared): Promise<SampledContract> {
  const { contract } = declared;
  const asked = contract.rules.filter((rule) => !isAboutView(rule) && !isAboutHistory(rule));
  const notAsked = contract.rules.flatMap((rule) => (isAboutView(rule) || isAboutHistory(rule) ? [rule.id] : []));
  try {
    const options = { unlabelled: 'refuse', isLogged: false, nowMs: Date.now() } as const;
    const spec = { ...declared, contract: { ...contract, rules: asked } };
    const { verdict, text, accepted, ruleCounts } = await validateTable(duck, table, spec, options);
    const rules = ruleCounts.map(({ ruleId, severity, rows }) => ({ ruleId, severity, rows }));
    return { verdict, text, accepted, missing: [], rules, notAsked };
  } catch (error) {
    if (!isPerennialError(error)) throw error;
    const missing = missingIn(table, declared);
    return { verdict: 'rejected', text: error.message, accepted: 0, missing, rules: [], notAsked };
  }
}

/** Whoever sees the sample sees the names of its columns. */
function missingIn(table: OpenTable, declared: RowsSpec): SampledContract['missing'] {
  const used = new Set(checkedColumns(declared).map(({ name }) => name));
  const others = table.columns.map(({ name }) => name).filter((name) => !used.has(name));
  return absentColumns(table, declared).map((column) => ({ column, nearest: nearestColumn(column, others) }));
}
