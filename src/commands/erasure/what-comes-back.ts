import type { LiftedSource } from '../../contracts/http/erasures.ts';
import type { Db } from '../../db/base/connect.ts';
import type { Erasure } from '../../db/erasure/erasures.ts';
import { ownersFrom, type Owner } from '../../db/erasure/owners.ts';
import { readCurrentView } from '../../db/feature-views/read-views.ts';
import { readCurrentSpec } from '../../db/models/specs.ts';
import { isReadWhole, membersOf, type SourceSpec } from '../../domain/spec/source-spec.ts';
import { sayMany } from '../../domain/words/say.ts';
import { describeSource } from '../../sources/registry.ts';

/** An erasure of everything covers thousands of models; the answer tells of so many of their sources. */
const toldMax = 200;

/**
 * Of each source that an erasure covers, whether rows that it gave before come back by themselves, and when. Law: the
 * definitions of at most 200 models and views.
 */
export async function whatComesBack(
  db: Db,
  erased: Pick<Erasure, 'scope' | 'name'>,
): Promise<{ readonly sources: readonly LiftedSource[]; readonly isMore: boolean }> {
  const owners = await ownersFrom(db, erased, '', toldMax + 1);
  const sources: LiftedSource[] = [];
  for (const owner of owners) {
    if (sources.length > toldMax) break;
    // oxlint-disable-next-line no-await-in-loop -- one definition at a time bounds memory
    sources.push(...(await sourcesOf(db, owner)));
  }
  return { sources: sources.slice(0, toldMax), isMore: owners.length > toldMax || sources.length > toldMax };
}

async function sourcesOf(db: Db, { of, name }: Owner): Promise<readonly LiftedSource[]> {
  if (of === 'view') return told({ of, name }, (await readCurrentView(db, name)).spec.source);
  const { spec } = await readCurrentSpec(db, name);
  // Without a column that names an entity nobody was left out.
  return spec.entity === null ? [] : told({ of, name }, spec.source);
}

function told({ of, name }: Owner, source: SourceSpec): readonly LiftedSource[] {
  // A view that was read before takes what comes now for what was received now: read anew, it would know it too late.
  const isReadAgain = of === 'model' && isReadWhole(source);
  return membersOf(source).map(([member, one]) => {
    const from = `${member === null ? '' : `${member}: `}${describeSource(one)}`;
    const kind = of === 'model' ? 'definition' : 'view';
    return {
      of,
      owner: name,
      source: from,
      isReadAgain,
      text: isReadAgain
        ? `${name}: the next training reads ${from} again (\`perennial retrain ${name}\`)`
        : `${name}: ${from} is read on from where it was, and what it gave before does not come back; a new revision ` +
          `of the ${kind} reads it from its beginning`,
    };
  });
}

/** One sentence over all of them. */
export function sayComesBack(sources: readonly LiftedSource[]): string {
  const again = sources.filter(({ isReadAgain }) => isReadAgain).length;
  const on = sources.length - again;
  const [only] = sources;
  const begun = 'readings of sources take in rows of the entity again';
  if (only === undefined) return begun;
  if (sources.length === 1) return `${begun}; ${only.text}`;
  const parts = [
    ...(again === 0 ? [] : [`${sayMany(again, 'source')} will be read again by the next training of its model`]),
    ...(on === 0 ? [] : [`${sayMany(on, 'source')} will be read on alone, and what it gave before does not come back`]),
  ];
  return `${begun}; ${parts.join('; ')}`;
}
