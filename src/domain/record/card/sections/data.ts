import { sayParts } from '../../../spec/split/say-split.ts';
import { sayCount, sayMany } from '../../../words/say.ts';
import { fact, list, paragraph, type CardBlock, type CardLine, type CardSection } from '../card-document.ts';
import type { CardFacts } from '../card-facts.ts';

/** From which rows it was made, and which of them are gone. */
export function dataSection(facts: CardFacts): CardSection {
  return { id: 'data', title: 'Data', blocks: facts.origin === 'imported' ? [unknown] : known(facts) };
}

const unknown = paragraph('Unknown: the model was trained elsewhere, and no data came with it.');

function known(facts: CardFacts): readonly CardBlock[] {
  const { data, rows, spec } = facts;
  const cut =
    facts.throughWindow === null
      ? 'No served traffic was used.'
      : `Served traffic was used up to window ${facts.throughWindow}.`;
  const split = rows === null ? '' : `${sayParts(spec.split, rows)} `;
  return [
    data.snapshots.length === 0 ? paragraph('No snapshot is recorded.') : list(data.snapshots.map(snapshotLine)),
    list([
      fact('Source', facts.source),
      ...(data.span === null ? [] : [fact('Events', `from ${data.span.from} to ${data.span.to}`)]),
      fact('Erased since', sayErased(data.erased)),
    ]),
    paragraph(`${split}${cut}`),
  ];
}

function snapshotLine(snapshot: CardFacts['data']['snapshots'][number]): CardLine {
  const { digest, kind, rows, quarantinedRows, createdAt, tags } = snapshot;
  const named = tags.length === 0 ? '' : `; tagged ${tags.join(', ')}`;
  return [
    { code: digest },
    `: ${sayMany(rows, 'row')} of ${kind === 'history' ? 'history' : 'labelled traffic'}, ` +
      `${sayCount(quarantinedRows)} more set aside by the contract; taken ${createdAt}${named}`,
  ];
}

function sayErased({ rows, snapshots }: CardFacts['data']['erased']): string {
  return snapshots === 0
    ? 'nothing'
    : `${sayMany(rows, 'row')} of ${sayMany(snapshots, 'snapshot')}; the model has learnt from them`;
}
