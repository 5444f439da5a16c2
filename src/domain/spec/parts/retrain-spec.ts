import type { Extent } from '../../words/extent.ts';

/** Minutes at which a training is due, in the clock of a place: daylight saving is followed. */
export interface CronSchedule {
  /** Five fields: minute, hour, day of the month, month, day of the week. */
  readonly cron: string;
  /** An IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string;
}

export function isCron(schedule: Extent | CronSchedule | null): schedule is CronSchedule {
  return schedule !== null && 'cron' in schedule;
}

/** Trainings that nobody asked for. */
export interface TrainingBudget {
  readonly runs: number;
  readonly per: Extent;
  /**
   * So many may be saved up while none is needed (>= runs): the budget is a bucket, which begins with `runs` trainings
   * and gains `runs` per `per`. Absent: no more than `runs` within any `per`.
   */
  readonly savedMax?: number;
}

/** Triggers are off when null or false. The decision is one pure function over all of them. */
export interface RetrainSpec {
  /** Rows or time since the last training, or the minutes of a calendar. */
  readonly schedule: Extent | CronSchedule | null;
  readonly newLabelledRows: number | null;
  /** Retrain when the labelled rows have grown by this factor since the last training (> 1). */
  readonly growthFactor: number | null;
  readonly onDrift: boolean;
  readonly onDecay: boolean;
  readonly onSpecChange: boolean;
  /** Retrain when the source holds other bytes than the last version was trained on; absent: not looked at. */
  readonly onSourceChange?: boolean;
  readonly staleAfter: Extent | null;
  readonly cooldown: Extent;
  readonly budget: TrainingBudget;
  /**
   * After a training for decay: train again whenever the labelled rows since the change have doubled, until there are
   * more than this since it. Absent: never.
   */
  readonly followUpRowsMax?: number;
  readonly labelledRowsMin: number;
}
