import { describeExtent } from '../../words/extent.ts';
import { sayCount, sayNumber } from '../../words/say.ts';
import { isCron, type RetrainSpec } from './retrain-spec.ts';

/** `trained again when quality decays, when the definition changes; cooldown 2000 rows, 1 in 5000 rows`. */
export function sayRetrain(retrain: RetrainSpec): string {
  const { schedule, staleAfter, cooldown, budget, growthFactor, newLabelledRows, followUpRowsMax } = retrain;
  const triggers = [
    retrain.onDecay ? 'when quality decays' : null,
    retrain.onDrift ? 'when inputs drift' : null,
    retrain.onSpecChange ? 'when the definition changes' : null,
    retrain.onSourceChange === true ? 'when the source changes' : null,
    growthFactor === null ? null : `at ${sayNumber(growthFactor)} times the labelled rows`,
    followUpRowsMax === undefined
      ? null
      : `whenever the rows since a change have doubled (to ${sayCount(followUpRowsMax)})`,
    newLabelledRows === null ? null : `at ${sayCount(newLabelledRows)} new labelled rows`,
    schedule === null
      ? null
      : isCron(schedule)
        ? `by "${schedule.cron}" (${schedule.timeZone})`
        : `every ${describeExtent(schedule)}`,
    staleAfter === null ? null : `after ${describeExtent(staleAfter)}`,
  ].filter((trigger) => trigger !== null);
  const saved = budget.savedMax === undefined ? '' : `, up to ${sayCount(budget.savedMax)} saved up`;
  const held =
    `cooldown ${describeExtent(cooldown)}, ` + `${sayCount(budget.runs)} per ${describeExtent(budget.per)}${saved}`;
  return triggers.length === 0
    ? 'trained again only when a person asks'
    : `trained again ${triggers.join(', ')}; ${held}`;
}
