import type { CardDocument, CardLine } from './card-document.ts';
import type { CardFacts } from './card-facts.ts';
import { approvalSection } from './sections/approval.ts';
import { dataSection } from './sections/data.ts';
import { fairnessSection } from './sections/fairness.ts';
import { inputsSection } from './sections/inputs.ts';
import { limitsSection } from './sections/limits.ts';
import { notesSection } from './sections/notes.ts';
import { purposeSection } from './sections/purpose.ts';
import { qualitySection } from './sections/quality.ts';
import { reproduceSection } from './sections/reproduce.ts';
import { slicesSection } from './sections/slices.ts';
import { trainerSection } from './sections/trainer.ts';

/** The model card of one version: for whom, from what, how good, where not, who let it through, and how to redo it. */
export function documentOf(facts: CardFacts): CardDocument {
  return {
    title: `Model card: ${facts.model}, version ${facts.version}`,
    lead: lead(facts),
    sections: [
      purposeSection(facts),
      dataSection(facts),
      inputsSection(facts),
      trainerSection(facts),
      qualitySection(facts),
      slicesSection(facts),
      fairnessSection(facts),
      limitsSection(facts),
      approvalSection(facts),
      reproduceSection(facts),
      notesSection(facts),
    ].filter((section) => section !== null),
  };
}

const statusWords = {
  released: 'passed its gate and may be served',
  rejected: 'was refused by its gate and is not served',
  experiment: 'is an experiment and is not served',
} as const;

function lead({ createdAt, status, origin, specRevision, tags }: CardFacts): CardLine {
  const from =
    origin === 'imported'
      ? 'It was trained elsewhere and imported.'
      : `It was trained from revision ${specRevision} of its definition.`;
  const tagged = tags.length === 0 ? '' : ` Tags: ${tags.join(', ')}.`;
  return [`Made ${createdAt}. The version ${statusWords[status]}. ${from}${tagged}`];
}
