import { defaultApproval } from '../../../spec/default-spec.ts';
import { sayMany } from '../../../words/say.ts';
import { list, paragraph, type CardBlock, type CardLine, type CardSection } from '../card-document.ts';
import type { CardFacts, CardRollout } from '../card-facts.ts';

const verdictWords = { pass: 'met', fail: 'missed', insufficient: 'not decided' } as const;

/** Which verdicts let it by, under which rule people approve, and who did. */
export function approvalSection(facts: CardFacts): CardSection {
  return { id: 'approval', title: 'How it was approved', blocks: [...gate(facts), rule(facts), ...career(facts)] };
}

function gate({ gate: found }: CardFacts): readonly CardBlock[] {
  if (found === null) return [paragraph('No gate was asked.')];
  return [
    paragraph('The gate said ', { code: found.verdict }, ` on ${found.at}.`),
    found.checks.length === 0
      ? paragraph('No check is declared.')
      : list(found.checks.map(({ verdict, text }): CardLine => [`${verdictWords[verdict]}: ${text}`])),
  ];
}

/** Who may say yes to its rollout. */
function rule({ spec }: CardFacts): CardBlock {
  const { people, fourEyes, by } = spec.rollout.approval ?? defaultApproval;
  const who = by === undefined ? 'of those who may operate the model' : `of ${by.join(', ')}`;
  const eyes = fourEyes ? ', one of whom neither declared it nor asked for it' : '';
  return paragraph(`Where its rollout asks, ${sayMany(people, 'person', 'people')} ${who} must approve${eyes}.`);
}

function career({ moves, rollouts }: CardFacts): readonly CardBlock[] {
  const lines = [
    ...rollouts.map(rolloutLine),
    ...moves.map(({ at, what, actor, why }): CardLine => [`${at}: ${what} by ${actor}: ${why}`]),
  ];
  return [
    ...(moves.length === 0 ? [paragraph('It has never been champion.')] : []),
    ...(lines.length === 0 ? [] : [list(lines)]),
  ];
}

function rolloutLine({ attempt, status, reason, startedAt, endedAt, approvedBy }: CardRollout): CardLine {
  const end = endedAt === null ? '' : `, ended ${endedAt}`;
  const approved = approvedBy.length === 0 ? '' : `, approved by ${approvedBy.join(', ')}`;
  return [`Rollout ${attempt}, begun ${startedAt}${end}: ${status}${approved}${reason === null ? '' : `: ${reason}`}`];
}
