import type { StepFailureAction, StepPoint } from '../closed-sets.ts';

interface PointRow {
  /** What `onFailure` may be there; the first is usual. */
  readonly actions: readonly [StepFailureAction, ...StepFailureAction[]];
  /** Why it may be nothing else, as the end of a sentence. */
  readonly because: string;
}

/** What may become of a run whose step fails at a point. */
export const failureActions: Readonly<Record<StepPoint, PointRow>> = {
  afterIngest: {
    actions: ['stop', 'continue'],
    because: 'a training has no hold for a person: one that was stopped is started again by `perennial retrain`',
  },
  beforeTrain: {
    actions: ['stop', 'continue'],
    because: 'a training has no hold for a person: one that was stopped is started again by `perennial retrain`',
  },
  evaluate: { actions: ['stop', 'continue', 'ask'], because: '' },
  beforePromotion: { actions: ['ask', 'stop', 'continue'], because: '' },
  afterPromotion: {
    actions: ['continue'],
    because: 'what is champion already is not undone by a step: its failure rings an alert',
  },
};
