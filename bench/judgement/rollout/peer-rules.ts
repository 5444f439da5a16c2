/** Rows and failed rows of both arms since the rollout began. */
export interface ArmCounts {
  readonly championRows: number;
  readonly championErrors: number;
  readonly challengerRows: number;
  readonly challengerErrors: number;
}

/** Asked at each look, in their order: does it stop the rollout? */
export type PeerRule = (counts: ArmCounts) => boolean;

/**
 * Rules that others use on the counts of rows, with the limits of their own examples: what our verdicts are held
 * against. Ours, and none of their code.
 */
export const peerRules: Readonly<Record<string, () => PeerRule>> = {
  // Argo Rollouts, "Analysis": `result[0] >= 0.95`, `failureLimit: 3`, on the rate since the last look.
  'as Argo Rollouts': () => failedLooks(0.95, 3),
  // Flagger, "Canary analysis": request-success-rate `min: 99`, `threshold: 5` failed checks.
  'as Flagger': () => failedLooks(0.99, 4),
  // A two-sample z-test of the failure rates, one-sided at 5 %, at every look.
  'z-test at every look': () => (counts) => zOf(counts) > 1.6449,
  // GrowthBook, sequential testing: an asymptotic confidence sequence (arXiv 2103.06476) tuned to 5,000 units, at a
  // one-sided 5 %; a guardrail fails when all of it is worse.
  'as GrowthBook': () => (counts) => differenceOf(counts) > sequenceWidth(counts),
};

/** More than `failedMax` looks at which the challenger's success rate since the look before is below the least. */
function failedLooks(successMin: number, failedMax: number): PeerRule {
  let [rows, errors, failed] = [0, 0, 0];
  return ({ challengerRows, challengerErrors }) => {
    const [newRows, newErrors] = [challengerRows - rows, challengerErrors - errors];
    [rows, errors] = [challengerRows, challengerErrors];
    if (newRows > 0 && 1 - newErrors / newRows < successMin) failed++;
    return failed > failedMax;
  };
}

function zOf({ championRows, championErrors, challengerRows, challengerErrors }: ArmCounts): number {
  const pooled = (championErrors + challengerErrors) / (championRows + challengerRows);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / championRows + 1 / challengerRows));
  return error > 0 ? (challengerErrors / challengerRows - championErrors / championRows) / error : 0;
}

function differenceOf({ championRows, championErrors, challengerRows, challengerErrors }: ArmCounts): number {
  return challengerErrors / Math.max(1, challengerRows) - championErrors / Math.max(1, championRows);
}

const alpha = 0.05;
const tunedRows = 5_000;

function sequenceWidth({ championRows, championErrors, challengerRows, challengerErrors }: ArmCounts): number {
  const [before, after] = [championErrors / championRows, challengerErrors / challengerRows];
  const variance = (before * (1 - before)) / championRows + (after * (1 - after)) / challengerRows;
  const rows = championRows + challengerRows;
  const level = -2 * Math.log(2 * alpha);
  const rho2 = (level + Math.log(level + 1)) / tunedRows;
  const growth = rows * rho2 + 1;
  return Math.sqrt(variance * rows * ((2 * growth) / (rows ** 2 * rho2)) * Math.log(Math.sqrt(growth) / (2 * alpha)));
}
