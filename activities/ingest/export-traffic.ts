import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { SealedLog } from '../../src/domain/record/sealed.ts';
import type { Db } from '../../src/db/base/connect.ts';
import { positionKey } from '../../src/data/traffic/check-lines.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import { changedSeqs, type CutRange } from '../../src/db/traffic/read/changed-rows.ts';
import { labelledAt } from '../../src/db/traffic/read/labelled-at.ts';
import type { LabelledRow } from '../../src/db/traffic/read/labelled-row.ts';
import { labelledPage, trafficPageRows } from '../../src/db/traffic/read/labelled-rows.ts';
import { isText, kindOf } from '../../src/domain/features/kind-of.ts';
import { taskOf } from '../../src/domain/tasks/task-of.ts';
import { signatureOf, type SignatureColumn } from '../../src/domain/spec/signature.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { tellProgress } from '../heartbeat.ts';

export interface TrafficExport {
  readonly model: string;
  readonly throughWindow: number;
  /** The last position that is exported: of later rows the labels are not as far in as they will be. */
  readonly matureSeq: number;
  /** Only what is new or looks different since an earlier cut; null exports everything. */
  readonly since: CutRange | null;
}

/**
 * Writes the mature labelled rows up to the cut-off as NDJSON, in the order of the log and with their positions;
 * answers how many there are.
 */
export async function exportTraffic(
  db: Db,
  spec: ModelSpec,
  asked: TrafficExport,
  file: string,
  sealed: SealedLog,
): Promise<number> {
  let rows = 0;
  async function* lines(): AsyncGenerator<string> {
    const columnsBy = new Map<number, LoggedColumns>();
    for await (const page of pagesOf(db, asked, sealed)) {
      for (const row of page) {
        let columns = columnsBy.get(row.specRevision);
        if (columns === undefined) {
          columns = columnsOf(spec, (await readSpecRevision(db, asked.model, row.specRevision)).spec);
          columnsBy.set(row.specRevision, columns);
        }
        yield `${JSON.stringify(exported(spec, columns, row))}\n`;
      }
      rows += page.length;
      tellProgress({ rows });
    }
  }
  // Not line by line: a disk that is full in between would be an error that nobody hears, and end the worker.
  await pipeline(lines(), createWriteStream(file));
  return rows;
}

async function* pagesOf(
  db: Db,
  { model, throughWindow, matureSeq, since }: TrafficExport,
  sealed: SealedLog,
): AsyncGenerator<readonly LabelledRow[]> {
  const changed = since === null ? [] : await changedSeqs(db, sealed, model, since);
  for (let from = 0; from < changed.length; from += trafficPageRows)
    yield labelledAt(db, sealed, model, { seqs: changed.slice(from, from + trafficPageRows), throughWindow });
  for (let afterSeq = since?.reachedSeq ?? 0; afterSeq < matureSeq;) {
    const page = await labelledPage(db, model, { afterSeq, throughWindow }, sealed);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page.filter(({ seq }) => seq <= matureSeq);
    afterSeq = last.seq;
  }
}

/** Where a revision logged each feature of the training's revision; undefined for one that it did not have. */
type LoggedColumns = readonly (readonly [name: string, column: SignatureColumn | undefined])[];

function columnsOf(spec: ModelSpec, logged: ModelSpec): LoggedColumns {
  const columns = new Map(signatureOf(logged).columns.map((column) => [column.name, column]));
  return spec.features.map(({ name }) => [name, columns.get(name)]);
}

/** One row by name, in the columns of the training's revision, and where it stands in the log. */
function exported(spec: ModelSpec, columns: LoggedColumns, row: LabelledRow): Record<string, unknown> {
  const cells: Record<string, unknown> = { [positionKey]: row.seq };
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
