import path from 'node:path';
import { fraud, fraudWithMerchantRisk } from '../../models/fraud.ts';
import { trafficCounts } from '../db/watching/loop-facts.ts';
import { PerennialError } from '../domain/words/errors.ts';
import { isRows } from '../domain/words/extent.ts';
import type { ModelSpec } from '../domain/spec/spec.ts';
import { createReplayer, type Replayer } from '../replay/replay.ts';
import { csv } from '../sdk/index.ts';
import { createActs, type Acts } from './acts.ts';
import { createPaymentsFeed, type PaymentsFeed } from './payments.ts';
import type { Stage } from './stage.ts';

/** When what happens, in live rows; everything else follows from what the platform decides. */
export const worldPlan = {
  historyRows: 4_000,
  /** Rows of the export that are spoilt: three of each kind. */
  dirtyRows: 18,
  rowsPerRequest: 50,
  volumeShiftAt: 1_500,
  newPatternAt: 3_000,
  /**
   * From the new pattern to a retrained champion, and from the bad challenger to its end: more windows than this is a
   * failure.
   */
  windowsMax: 24,
} as const;

/** One demo of the payments world under way: who plays, with what, and how far. */
export interface Play {
  readonly stage: Stage;
  readonly acts: Acts;
  readonly feed: PaymentsFeed;
  readonly seed: number;
  readonly spec: ModelSpec;
  /** The challenger that fails live. */
  readonly badSpec: ModelSpec;
  /** Where the demo writes what the two definitions read their history from. */
  readonly historyFiles: { readonly spec: string; readonly badSpec: string };
  readonly windowRows: number;
  readonly replayer: Replayer;
  /** Milliseconds of each prediction request of this process. */
  readonly tookMs: number[];
  /** Live rows that are settled. */
  position: number;
}

/** Where the demo writes what the two definitions read their history from. */
export function historyFilesIn(stateDir: string): Play['historyFiles'] {
  return {
    spec: path.join(stateDir, 'fraud-history.csv'),
    badSpec: path.join(stateDir, 'fraud-history-with-risk.csv'),
  };
}

export async function createPlay(stage: Stage, seed: number): Promise<Play> {
  const historyFiles = historyFilesIn(stage.config.stateDir);
  const spec = withFile(fraud, historyFiles.spec);
  const badSpec = withFile(fraudWithMerchantRisk, historyFiles.badSpec);
  const windowRows = isRows(spec.watch.window) ? spec.watch.window.rows : 500;
  const tookMs: number[] = [];
  const replayer = createReplayer({
    model: spec.name,
    inference: stage.inference,
    control: stage.control,
    onAnswer: (_, ms) => tookMs.push(ms),
    onWait: (what) => stage.progress(`waiting for ${what}`),
  });
  const feed = createPaymentsFeed({
    seed,
    historyRows: worldPlan.historyRows,
    rowsPerRequest: worldPlan.rowsPerRequest,
    changes: [
      { atRow: worldPlan.volumeShiftAt, name: 'volume-shift' },
      { atRow: worldPlan.newPatternAt, name: 'new-fraud-pattern' },
    ],
  });
  await refuseOtherTraffic(stage, feed, spec.name);
  const acts = createActs(stage);
  return { stage, acts, feed, seed, spec, badSpec, historyFiles, windowRows, replayer, tookMs, position: 0 };
}

/** The definition reads its history from where this demo writes it; what else it says of its source stays. */
function withFile(spec: ModelSpec, file: string): ModelSpec {
  return { ...spec, source: csv(file, spec.source.kind === 'file' ? spec.source : {}) };
}

/**
 * With `--keep` the folder may hold a model that was played with another seed: two worlds in one stream prove nothing.
 */
async function refuseOtherTraffic(stage: Stage, feed: PaymentsFeed, model: string): Promise<void> {
  const { firstPredictionId } = await trafficCounts(stage.stack.database.db, model);
  if (firstPredictionId === null || firstPredictionId === feed.payment(0).id) return;
  throw new PerennialError(
    'conflict',
    `${stage.config.stateDir} already holds other traffic of the model "${model}".`,
    {
      path: stage.config.stateDir,
      hint:
        'Play it in a folder of its own (PERENNIAL_STATE_DIR), with the seed that it was begun with, ' +
        'or without --keep.',
    },
  );
}
