import { saySuccess } from '../../../spec/gates/success-criterion.ts';
import { taskOf } from '../../../tasks/task-of.ts';
import { fact, list, paragraph, type CardSection } from '../card-document.ts';
import type { CardFacts } from '../card-facts.ts';

/** For what it is, what it predicts, and who answers for it. */
export function purposeSection({ spec, owner, description }: CardFacts): CardSection {
  const { about, target } = spec;
  const predicted = taskOf(target.task).sayPrediction(target, target.column, (label) => label);
  const facts = list([
    fact('Used for', about.useCase),
    fact('Predicts', predicted),
    fact('Succeeds when', saySuccess(about)),
    ...(about.replaces === undefined ? [] : [fact('Replaces', about.replaces)]),
    fact('Owner', owner ?? about.owner),
  ]);
  return {
    id: 'purpose',
    title: 'Purpose',
    blocks: description === null ? [facts] : [paragraph(description), facts],
  };
}
