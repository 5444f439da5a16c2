import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { SealedLog } from '../../src/domain/record/sealed.ts';
import type { Db } from '../../src/db/base/connect.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import { labelledPage, type LabelledRow } from '../../src/db/traffic/read/labelled-rows.ts';
import { isText, kindOf } from '../../src/domain/features/kind-of.ts';
import { taskOf } from '../../src/domain/tasks/task-of.ts';
import { signatureOf, type Signature, type SignatureColumn } from '../../src/domain/spec/signature.ts';
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
    const signatures = new Map<number, Signature>();
    for (let afterSeq = 0; ;) {
      const page = await labelledPage(db, input.model, { afterSeq, throughWindow: input.throughWindow }, sealed);
      for (const row of page) {
        let signature = signatures.get(row.specRevision);
        if (signature === undefined) {
          signature = signatureOf((await readSpecRevision(db, input.model, row.specRevision)).spec);
          signatures.set(row.specRevision, signature);
        }
        yield `${JSON.stringify(exported(spec, signature, row))}\n`;
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

/**
 * One row by name, in the columns of the training's revision; a feature that its own revision did not have is missing.
 */
function exported(spec: ModelSpec, signature: Signature, row: LabelledRow): Record<string, unknown> {
  const cells: Record<string, unknown> = {};
  for (const feature of spec.features) {
    const column = signature.columns.find((candidate) => candidate.name === feature.name);
    cells[feature.name] = column === undefined ? null : cellAt(row, column);
  }
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
