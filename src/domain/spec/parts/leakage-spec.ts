/** What a person knows of features that look as if they knew the target. Absent, any suspicion stops a training. */
export interface LeakageSpec {
  /** `stop`: a training with a suspicion ends and waits for a person. `note`: it goes on; profiles still say it. */
  readonly action: LeakageAction;
  /** From which share of the variance of the target, explained by one feature alone, it is suspected (0.5 to 1). */
  readonly suspectFrom: number;
  /** Features that may go on all the same; `_order` stands for the order of the rows. */
  readonly allow: readonly string[];
  /** Why they may. Empty only where nothing is allowed and nothing noted. */
  readonly reason: string;
}

export const leakageActions = ['stop', 'note'] as const;
export type LeakageAction = (typeof leakageActions)[number];

export const usualLeakage: LeakageSpec = { action: 'stop', suspectFrom: 0.95, allow: [], reason: '' };
