import { isExternal, isTrainable } from '../../../spec/trainer-spec.ts';
import { fact, list, paragraph, type CardLine, type CardSection } from '../card-document.ts';
import type { CardFacts } from '../card-facts.ts';

/** The command that makes it again, and what it has to agree with. */
export function reproduceSection(facts: CardFacts): CardSection {
  const { model, version, modelDigest, specRevision, specDigest, madeBy, origin, spec } = facts;
  const isOurs = origin === 'trained' && isTrainable(spec.trainer);
  const lines: readonly CardLine[] = [
    fact('File (SHA-256)', { code: modelDigest }),
    fact('Definition', `revision ${specRevision}, `, { code: specDigest }),
    ...(isOurs && 'seed' in spec.trainer ? [fact('Seed', String(spec.trainer.seed))] : []),
    ...(madeBy === null
      ? []
      : [fact('Code', { code: madeBy.digest }, `, Node ${madeBy.node.replace(/^v/, '')}, ${madeBy.platform}`)]),
  ];
  const how = isOurs
    ? [
        paragraph('Command: ', { code: `perennial reproduce ${model} ${version}` }, '.'),
        paragraph(
          isExternal(spec.trainer)
            ? 'It was made by a program of somebody else; what is recorded of its environment stands under "Trainer".'
            : 'It fits the version again from the snapshots, the definition and the seed, and compares the SHA-256.',
        ),
      ]
    : [paragraph('It cannot be made again here: it came as a file.')];
  return { id: 'reproduce', title: 'How to make it again', blocks: [list(lines), ...how] };
}
