import { readFile } from 'node:fs/promises';
import type { EncodedRow, Signature } from '../../domain/spec/signature.ts';
import { parseProfile } from '../../domain/training/profile.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { drawRowsOf } from '../../onnx/explain/draw-row.ts';
import { exactExplainer } from '../../onnx/explain/exact-explainer.ts';
import type { Explainer } from '../../onnx/explain/reasons.ts';
import { sampledExplainer } from '../../onnx/explain/sampled-explainer.ts';
import type { RowScores } from './micro-batch.ts';

export interface ExplainerParts {
  readonly signature: Signature;
  readonly digest: string;
  /** Of a file of ours; null for any other, whose answers alone are asked. */
  readonly pathOf: (() => Promise<string>) | null;
  /** Null while the version has no reference profile. */
  readonly profilePathOf: () => Promise<string | null>;
  readonly score: (rows: readonly EncodedRow[]) => Promise<readonly RowScores[]>;
}

/** Nothing is read or held before somebody asks; what failed is tried again at the next question. */
export function lazyExplainer(parts: ExplainerParts): () => Promise<Explainer> {
  let opened: Promise<Explainer> | null = null;
  return () => {
    opened ??= openExplainer(parts).catch((error: unknown) => {
      opened = null;
      throw error;
    });
    return opened;
  };
}

async function openExplainer({ signature, digest, pathOf, profilePathOf, score }: ExplainerParts): Promise<Explainer> {
  const exact = pathOf === null ? null : await exactExplainer(await readFile(await pathOf()), signature);
  if (exact !== null) return exact;
  const path = await profilePathOf();
  const profile = path === null ? null : parseProfile(await readFile(path, 'utf8'));
  if (profile === null || profile.rows === 0)
    throw new PerennialError('unavailable', 'It is not known yet which rows are usual for this version.', {
      hint: 'Ask again when its first window of traffic has become its reference.',
    });
  return sampledExplainer({ signature, digest, draw: drawRowsOf(profile, signature), score });
}
