import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StreamingSpec } from '../../domain/spec/trainer-spec.ts';
import { readMetadata } from '../../onnx/graphs/metadata.ts';
import { learnerOf, readState, type StreamState } from '../families/streaming/stream-state.ts';
import { streamingTrainer } from '../families/streaming/streaming.ts';
import type { FittedModel, OnProgress, RowRange } from '../interface.ts';
import { files, fittedNames, type Fitted } from '../prepare/folder.ts';
import type { FolderRows } from '../prepare/read-folder.ts';
import { stageOf, type FitContext } from './select-model.ts';
import { writeModel } from './write-model.ts';

interface Before {
  readonly state: StreamState;
  readonly version: number;
  readonly digest: string;
  /** The first row that it has not seen. */
  readonly from: number;
}

/**
 * A pass over the rows that the champion has not seen, which goes on from its state. The candidate may have seen
 * training rows only: where the champion has seen more, it is the same pass from nothing, up to there. What is released
 * has learnt from every row once.
 */
export async function fitStream(
  folder: string,
  rows: FolderRows,
  context: FitContext,
  settings: StreamingSpec,
  report: OnProgress,
): Promise<Fitted> {
  const { training } = rows.split;
  const found = await stateBefore(folder, rows, settings);
  const before = 'why' in found ? null : found;
  const fitTo = async (name: 'candidate' | 'release', to: number) => {
    const isGoneOn = before !== null && before.from < to;
    const fittedOn: RowRange = { from: isGoneOn ? before.from : training.from, to };
    const model: FittedModel = await streamingTrainer.fit({
      ...stageOf(context, name === 'release' ? 'refit-stream' : 'stream', fittedOn, null),
      settings,
      ...(isGoneOn ? { streamState: before.state } : {}),
    });
    return writeModel(folder, rows, { model, fittedOn }, fittedNames(name), report);
  };
  const candidate = await fitTo('candidate', training.to);
  const release = await fitTo('release', rows.table.rows);
  return { formatVersion: 1, historyShare: 1, candidate, release, warmStart: said(found, rows.table.rows) };
}

function said(found: Before | { readonly why: string }, rows: number): NonNullable<Fitted['warmStart']> {
  if ('why' in found) return { text: `The fit began from nothing: ${found.why}.` };
  const { version, digest, from } = found;
  const text = `It goes on from v${version} by ${rows - from} rows that v${version} has not seen.`;
  return { text, from: { version, digest, trees: 0, rows: rows - from } };
}

async function stateBefore(
  folder: string,
  { champion, table, signature }: FolderRows,
  settings: StreamingSpec,
): Promise<Before | { readonly why: string }> {
  if (champion?.trainedThroughOrder === undefined) return { why: 'there is no champion' };
  const { version, trainedThroughOrder: through } = champion;
  const bytes = await readFile(join(folder, files.champion));
  const state = readState(readMetadata(bytes));
  if (state === null) return { why: `v${version} holds no state of this trainer` };
  if (state.of !== learnerOf(signature, settings))
    return { why: `features, classes or settings are others than those of v${version}` };
  const from = table.order.findIndex((order) => order > through);
  if (from < 0) return { why: `v${version} has seen every row` };
  return { state, version, digest: createHash('sha256').update(bytes).digest('hex'), from };
}
