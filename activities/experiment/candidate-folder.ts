import path from 'node:path';
import type { CandidateKey } from '../../src/db/trainers/experiments.ts';

const folderName = /^experiment-(\d+)-\d+$/;

/** The folder of one candidate, in which each attempt of each step has one of its own. */
export function candidateBase(trainDir: string, { model, number, candidate }: CandidateKey): string {
  return path.join(trainDir, model, `experiment-${number}-${candidate}`);
}

/** Of which experiment a folder of a model is; null for one of a training. */
export function experimentOf(name: string): number | null {
  const number = folderName.exec(name)?.[1];
  return number === undefined ? null : Number(number);
}
