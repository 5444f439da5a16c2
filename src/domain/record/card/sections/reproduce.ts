import { whyNotAgain } from '../../reproduction/why-not-again.ts';
import { fact, list, paragraph, type CardLine, type CardSection } from '../card-document.ts';
import type { CardFacts } from '../card-facts.ts';

/** The command that makes it again, or why there is none, and what the file has to agree with. */
export function reproduceSection(facts: CardFacts): CardSection {
  const { model, version, modelDigest, specRevision, specDigest, madeBy, origin, spec } = facts;
  const why = whyNotAgain(spec.trainer, origin);
  const lines: readonly CardLine[] = [
    fact('File (SHA-256)', { code: modelDigest }),
    fact('Definition', `revision ${specRevision}, `, { code: specDigest }),
    ...(origin === 'trained' && 'seed' in spec.trainer ? [fact('Seed', String(spec.trainer.seed))] : []),
    ...(madeBy === null
      ? []
      : [fact('Code', { code: madeBy.digest }, `, Node ${madeBy.node.replace(/^v/, '')}, ${madeBy.platform}`)]),
  ];
  const how =
    why === null
      ? [
          paragraph('Command: ', { code: `perennial reproduce ${model} ${version}` }, '.'),
          paragraph(
            'It fits the version again from the snapshots, the definition and the seed, and compares the SHA-256.',
          ),
        ]
      : [paragraph(`It cannot be made again by a command: it ${why}.`)];
  return { id: 'reproduce', title: 'How to make it again', blocks: [list(lines), ...how] };
}
