import { join } from 'node:path';
import type { ModelMemory } from '../../domain/spec/parts/model-memory.ts';
import type { ExternalFit } from '../../domain/training/external.ts';
import { files, type Fitted } from '../prepare/folder.ts';
import { writeJson } from '../prepare/json-files.ts';
import type { ExternalTaken } from './take-result.ts';

/** A stage that was taken, and what its file takes where it is served. */
export type ExternalTried = ExternalTaken & { readonly memory: ModelMemory };

/** Writes `fitted.json`, the last file of a fit: the candidate, the release if one was asked for, and what is said. */
export async function writeExternalFitted(
  folder: string,
  { candidate, release }: { readonly candidate: ExternalTried; readonly release: ExternalTried | null },
  fit: Pick<ExternalFit, 'kind' | 'environment'>,
): Promise<void> {
  const last = release ?? candidate;
  const fitted: Fitted = {
    formatVersion: 1,
    historyShare: 1,
    candidate: candidate.file,
    release: release?.file ?? null,
    external: { ...fit, output: last.output, said: last.said },
    memory: last.memory,
  };
  await writeJson(join(folder, files.fitted), fitted);
}
