import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { SealedLog } from '../../src/domain/record/sealed.ts';
import type { Db } from '../../src/db/base/connect.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import type { LabelledRow } from '../../src/db/traffic/read/labelled-row.ts';
import { labelledPage } from '../../src/db/traffic/read/labelled-rows.ts';
import { isText, kindOf } from '../../src/domain/features/kind-of.ts';
import { taskOf } from '../../src/domain/tasks/task-of.ts';
import { signatureOf, type SignatureColumn } from '../../src/domain/spec/signature.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { tellProgress } from '../heartbeat.ts';

/** Writes the labelled rows up to the cut-off as NDJSON, in the order of the log; answers how many there are. */
export async function exportTraffic(
  db: Db,
  spec: ModelSpec,
  input: { readonly model: string; readonly throughWindow: number },
  file: string,
  sealed: SealedLog,
): Promise<number> {
  let rows = 0;
  async function* lines(): AsyncGenerator<string> {
    const columnsBy = new Map<number, LoggedColumns>();
    for (let afterSeq = 0; ;) {
      const page = await labelledPage(db, input.model, { afterSeq, throughWindow: input.throughWindow }, sealed);
      for (const row of page) {
        let columns = columnsBy.get(row.specRevision);
        if (columns === undefined) {
          columns = columnsOf(spec, (await readSpecRevision(db, input.model, row.specRevision)).spec);
          columnsBy.set(row.specRevision, columns);
        }
        yield `${JSON.stringify(exported(spec, columns, row))}\n`;
      }
      rows += page.length;
      tellProgress({ rows });
      const last = page.at(-1);
      if (last === undefined) return;
      afterSeq = last.seq;
    }
  }
  // Not line by line: a disk that is full in between would be an error that nobody hears, and end the worker.
  await pipeline(lines(), createWriteStream(file));
  return rows;
}

/** Where a revision logged each feature of the training's revision; undefined for one that it did not have. */
type LoggedColumns = readonly (readonly [name: string, column: SignatureColumn | undefined])[];

function columnsOf(spec: ModelSpec, logged: ModelSpec): LoggedColumns {
  const columns = new Map(signatureOf(logged).columns.map((column) => [column.name, column]));
  return spec.features.map(({ name }) => [name, columns.get(name)]);
}

/** One row by name, in the columns of the training's revision. */
function exported(spec: ModelSpec, columns: LoggedColumns, row: LabelledRow): Record<string, unknown> {
  const cells: Record<string, unknown> = {};
  for (const [name, column] of columns) cells[name] = column === undefined ? null : cellAt(row, column);
  cells[spec.target.column] = taskOf(spec.target.task).labels.cellOf(row.label);
  if (spec.entity !== null) cells[spec.entity.column] ??= row.entityHash;
  if (spec.eventTime !== null) cells[spec.eventTime.column] ??= row.eventTimeMs ?? row.seq;
  return cells;
}

function cellAt(row: LabelledRow, { kind, index }: SignatureColumn): unknown {
  if (isText({ kind })) return row.texts[index] ?? null;
  const value = row.numbers[index];
  if (value === undefined || Number.isNaN(value)) return null;
  return kindOf(kind).cellOf(value);
}
