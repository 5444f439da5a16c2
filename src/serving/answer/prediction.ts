import type { Explanation } from '../../domain/record/explanation.ts';
import type { Answer } from '../../domain/record/records.ts';
import type { Route } from '../../domain/rollout/route.ts';
import type { Arm } from '../../domain/rollout/routing.ts';
import type { ViewUse } from '../../domain/view/view-use.ts';
import type { EdgeRow } from '../edge/edge-row.ts';

/** A row that is to be answered: who answers it is settled, what the answer is not. */
export interface AskedRow extends Route {
  readonly row: EdgeRow;
  readonly predictionId: string;
  /** How the values of views stood; absent for a model without any. */
  readonly uses?: readonly ViewUse[];
}

/** One row, as the caller is told. */
export interface Prediction {
  readonly predictionId: string;
  /** 0 when no version answered. */
  readonly version: number;
  readonly arm: Arm;
  /** Null for a row that no version could answer. */
  readonly answer: Answer | null;
  /** Of such a row: why its version answers nothing for now. Null where it answers, but not this row. */
  readonly whyAway?: string | null;
  /** Columns whose cell declared repairs have changed; absent where none did. */
  readonly repaired?: readonly string[];
  /** Absent unless it was asked for, and where no version answered. */
  readonly explanation?: Explanation;
}

/** When a request came, and how long its answer took; both stand in its records. */
export interface AnswerTime {
  readonly requestedAtMs: number;
  readonly latencyUs: number;
}
