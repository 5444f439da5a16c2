import { foreignProcessOf } from '../../domain/spec/trainer-spec.ts';
import { signatureOf, type Signature } from '../../domain/spec/signature.ts';
import type { RoutedVersion } from '../../domain/rollout/routing.ts';
import { isPerennialError } from '../../domain/words/errors.ts';
import type { Explainer } from '../../onnx/explain/reasons.ts';
import { reasonOf } from '../../domain/words/reason-of.ts';
import { startOwnScorer, type OwnScorer } from '../model-process/own-scorer.ts';
import type { ArtifactPaths, RoutingSource } from '../ports.ts';
import type { Log } from '../../telemetry/log.ts';
import { createBatcher, type Batcher } from './micro-batch.ts';
import { loadScorer } from './session.ts';
import { lazyExplainer } from './version-explainer.ts';

export interface LoadedVersion {
  readonly signature: Signature;
  readonly batcher: Batcher;
  /** The type of each input, as ONNX Runtime names it. */
  readonly inputTypes: ReadonlyMap<string, string>;
  /** Of a version with a process of its own: why it does not answer now; null while it does. */
  readonly whyAway?: () => string | null;
  /** Made when it is first asked for. Rejects with one sentence where the version cannot be explained (now). */
  readonly explainer: () => Promise<Explainer>;
}

export interface OpenVersionParts {
  readonly source: Pick<RoutingSource, 'spec' | 'profileDigest'>;
  readonly artifacts: ArtifactPaths;
  readonly log: Log;
  readonly onProcessEnd?: (model: string, how: string) => void;
}

/** A version with a process of its own. */
export interface OwnedProcess {
  readonly model: string;
  readonly version: number;
  readonly scorer: OwnScorer;
}

/** A version in memory: of this process, or of one that its definition asks for. */
export async function openVersion(
  parts: OpenVersionParts,
  model: string,
  routed: RoutedVersion,
): Promise<{ readonly version: LoadedVersion; readonly process: OwnedProcess | null }> {
  const { version } = routed;
  const spec = await parts.source.spec(model, routed.specRevision);
  const signature = signatureOf(spec);
  const pathOf = (): Promise<string> => parts.artifacts.checkedPathOf(routed.modelDigest);
  const declared = foreignProcessOf(spec.trainer);
  const onError = (error: unknown): void => {
    // Said once by the process itself, and not for every row meanwhile.
    if (isPerennialError(error) && error.code === 'unavailable') return;
    parts.log.error({ model, version, reason: reasonOf(error) }, 'a run of the model failed');
  };
  const explainerOf = (batcher: Batcher): (() => Promise<Explainer>) =>
    lazyExplainer({
      signature,
      digest: routed.modelDigest,
      // A file of somebody else is not read in this process.
      pathOf: declared === null ? pathOf : null,
      profilePathOf: async () => {
        const digest = await parts.source.profileDigest(model, version);
        return digest === null ? null : parts.artifacts.checkedPathOf(digest);
      },
      score: (rows) => batcher.submit(rows),
    });
  if (declared?.process !== 'own') {
    const scorer = await loadScorer(await pathOf(), signature, { shouldKeepMemory: declared === null });
    const batcher = createBatcher(scorer, { onError });
    const explainer = explainerOf(batcher);
    return { version: { signature, batcher, inputTypes: scorer.inputTypes, explainer }, process: null };
  }
  const scorer = await startOwnScorer({
    name: `${model} v${version}`,
    pathOf,
    signature,
    limits: declared,
    log: parts.log,
    onEnd: (how) => parts.onProcessEnd?.(model, how),
  });
  const batcher = createBatcher(scorer, { onError });
  return {
    version: {
      signature,
      batcher,
      explainer: explainerOf(batcher),
      inputTypes: scorer.inputTypes,
      whyAway: scorer.process.whyAway,
    },
    process: { model, version, scorer },
  };
}
