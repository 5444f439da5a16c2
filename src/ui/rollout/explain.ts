import type { ArmTally } from '../../db/pages/rollout-failures.ts';
import type { RolloutPage } from '../../db/pages/rollout.ts';
import { sayCount, sayMany, sayNumber, sayShare } from '../../domain/words/say.ts';

/**
 * A rollout in words, for somebody who has never seen one: what was tried, how far it came, what went wrong with whom,
 * and why it ended or what it waits for. Only what is stored is said.
 */
export function explain(page: RolloutPage): readonly string[] {
  return [tried(page), ...harm(page), ...paired(page), ...outcome(page)];
}

function tried({ key, row, steps }: RolloutPage): string {
  const base = row.baseVersion === null ? 'There was no champion before it' : `v${row.baseVersion} was champion`;
  const canary = steps.filter((step) => step.stage === 'canary').map((step) => `${sayNumber(step.percent)} %`);
  const path =
    canary.length === 0
      ? 'first in shadow, where its answers are compared and nobody sees them'
      : `first in shadow, where nobody sees its answers, then for ${listed(canary)} of those who ask`;
  return row.baseVersion === null
    ? `${base}: v${key.version} needed no comparison.`
    : `${base} and v${key.version} was to take its place: ${path}.`;
}

function harm(page: RolloutPage): string[] {
  const last = page.looks.at(-1);
  if (last === undefined) return [];
  const challenger = armOf(page, 'challenger');
  const champion = armOf(page, 'champion');
  const failed = page.plan.failures.map(
    (kind) =>
      ({
        error: 'no answer',
        slow: `an answer slower than ${sayNumber(page.plan.slowMs)} ms`,
        wrong: 'a decision that turned out to be wrong',
      })[kind],
  );
  const behind = last.isMature === true ? ', on the rows whose labels have come' : '';
  const until = `Until ${sayMany(last.throughSeq, 'row')} of traffic${behind}`;
  const entities = sayMany(last.challengerFailures, 'entity', 'entities');
  const own = `${entities} met a first failure with v${page.key.version}`;
  const other = `${sayCount(last.championFailures)} with the champion`;
  const met = `${until}, ${own} and ${other}; a failure is ${listed(failed, 'or')}.`;
  return [met, ...fairShare(page, last), ...kindsOf(page, challenger, champion), ...mistakes(page)];
}

function fairShare({ key }: RolloutPage, last: RolloutPage['looks'][number]): string[] {
  const expected = expectedShare(last.failures);
  const failures = last.challengerFailures + last.championFailures;
  if (expected === null || failures === 0) return [];
  const fair = `about ${sayShare(expected)} of all first failures would fall to v${key.version}`;
  return [`If both were equally good, ${fair}; it was ${sayShare(last.challengerFailures / failures)}.`];
}

/**
 * Share of the failures that would fall to the challenger if the arms were equal: each failure at the weight of its
 * time.
 */
function expectedShare(failures: RolloutPage['looks'][number]['failures']): number | null {
  let all = 0;
  let fair = 0;
  for (const { weight, championFailures, challengerFailures } of failures) {
    if (weight <= 0 || weight >= 1) continue;
    all += championFailures + challengerFailures;
    fair += weight * (championFailures + challengerFailures);
  }
  return all === 0 ? null : fair / all;
}

function kindsOf(page: RolloutPage, challenger: ArmTally | null, champion: ArmTally | null): string[] {
  if (challenger === null || challenger.failed === 0) return [];
  const say = (tally: ArmTally) =>
    listed([
      ...(tally.wrong > 0 ? [`${sayCount(tally.wrong)} wrong`] : []),
      ...(tally.errors > 0 ? [`${sayCount(tally.errors)} without an answer`] : []),
      ...(tally.slow > 0 ? [`${sayCount(tally.slow)} slow`] : []),
    ]);
  const other = champion === null || champion.failed === 0 ? '' : `; the champion's were ${say(champion)}`;
  const counted = page.failures.isPartial ? ' (counted over the first of many entities)' : '';
  return [`The failures of v${page.key.version} were ${say(challenger)}${other}${counted}.`];
}

function mistakes(page: RolloutPage): string[] {
  const own = page.failures.mistakes.filter((mistake) => mistake.arm === 'challenger');
  const top = own[0];
  if (top === undefined) return [];
  const total = own.reduce((sum, mistake) => sum + mistake.entities, 0);
  const rest = own
    .slice(1, 3)
    .map((mistake) => `${sayCount(mistake.entities)} times "${mistake.decision}" where it was "${mistake.label}"`);
  const cases = `${sayCount(top.entities)} of ${sayMany(total, 'case')}`;
  const most = `it said "${top.decision}" and the truth was "${top.label}" in ${cases}`;
  const others = rest.length === 0 ? '' : `; also ${listed(rest)}`;
  return [`Where v${page.key.version} was wrong, ${most}${others}.`];
}

function paired(page: RolloutPage): string[] {
  const last = page.promotions.at(-1);
  // A rollout that ended on it says it again as its reason.
  return last === undefined || last.text === page.row.reason ? [] : [last.text];
}

function outcome(page: RolloutPage): string[] {
  const { row, key } = page;
  const why = row.reason === null || row.reason === '' ? '' : ` ${sentence(row.reason)}`;
  if (row.status === 'promoted') return [`It ended with v${key.version} as champion.${why}`];
  if (row.status === 'rolled-back') {
    const base = row.baseVersion === null ? 'nobody' : `v${row.baseVersion}`;
    return [`It was taken out and ${base} went on as champion.${why}${howStopped(page)}`];
  }
  if (row.status === 'held') return [`It waits for a person.${why}`];
  return page.waitsFor === null ? [] : [`It goes on; it waits for ${page.waitsFor}.`];
}

function howStopped({ looks, plan }: RolloutPage): string {
  const stoppedBy = looks.at(-1)?.stoppedBy;
  if (stoppedBy === 'breaker') return ' The breaker took it out: too large a share of its answers failed outright.';
  if (stoppedBy === 'assignment')
    return ' Entities did not come in the shares that the weights say: the two could not be compared.';
  if (stoppedBy === 'excess') return " It had cost more failures beyond the champion's than its plan allows.";
  if (stoppedBy !== 'evidence') return '';
  const luck = 'Such a difference by luck alone is so unlikely that a healthy challenger would be stopped like this';
  return ` ${luck} in at most ${sayShare(plan.alpha)} of all rollouts.`;
}

function armOf(page: RolloutPage, arm: string): ArmTally | null {
  return page.failures.arms.find((tally) => tally.arm === arm) ?? null;
}

function sentence(text: string): string {
  const trimmed = text.trim();
  const first = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

/** `a, b and c`. */
export function listed(items: readonly string[], word = 'and'): string {
  const last = items.at(-1);
  if (last === undefined) return 'nothing';
  return items.length === 1 ? last : `${items.slice(0, -1).join(', ')} ${word} ${last}`;
}
