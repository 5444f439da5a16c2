import {
  loggedValues,
  revisionsAt,
  type LoggedColumn,
  type LoggedValue,
} from '../../../src/db/traffic/mature/logged-values.ts';
import type { Db } from '../../../src/db/base/connect.ts';
import { isText } from '../../../src/domain/features/kind-of.ts';
import { signatureOf } from '../../../src/domain/spec/signature.ts';
import type { FeatureSpec, ModelSpec } from '../../../src/domain/spec/spec.ts';
import type { SpecOf } from '../ask-first-champion.ts';

export interface RowValues {
  /** In the order of the positions; null for a row that has been removed. */
  readonly rows: readonly (readonly LoggedValue[] | null)[];
  /** Of each feature, whether all of the rows were logged with it. */
  readonly isLogged: readonly boolean[];
}

/** Rows that are asked for at once. */
const pageRows = 2_000;

/**
 * What was logged of these features in the rows at these positions, in the order of the positions. A feature of
 * another kind under an earlier revision was not logged. Law: as many look-ups as rows.
 */
export async function rowValues(
  db: Db,
  specOf: SpecOf,
  model: string,
  features: readonly FeatureSpec[],
  seqs: readonly number[],
): Promise<RowValues> {
  const found: (readonly LoggedValue[] | null)[] = [];
  let isLogged = features.map(() => true);
  for (let from = 0; from < seqs.length; from += pageRows) {
    const page = seqs.slice(from, from + pageRows);
    // oxlint-disable-next-line no-await-in-loop -- a page at a time bounds memory
    const specs = await specsOf(specOf, model, await revisionsAt(db, model, page));
    const columns = features.map(columnIn(specs));
    isLogged = isLogged.map((before, at) => before && columns[at]?.indices.size === specs.length);
    // oxlint-disable-next-line no-await-in-loop -- as above
    const values = await loggedValues(db, model, page, columns);
    for (const seq of page) found.push(values.get(seq) ?? null);
  }
  return { rows: found, isLogged };
}

async function specsOf(
  specOf: SpecOf,
  model: string,
  revisions: readonly number[],
): Promise<readonly (readonly [number, ModelSpec])[]> {
  return Promise.all(revisions.map(async (revision) => [revision, await specOf(model, revision)] as const));
}

function columnIn(specs: readonly (readonly [number, ModelSpec])[]): (feature: FeatureSpec) => LoggedColumn {
  return (feature) => ({
    isText: isText(feature),
    indices: new Map(
      specs.flatMap(([revision, spec]) => {
        const column = signatureOf(spec).columns.find(
          ({ name, kind }) => name === feature.name && kind === feature.kind,
        );
        return column === undefined ? [] : [[revision, column.index] as const];
      }),
    ),
  });
}
