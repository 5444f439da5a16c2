import type { Db } from '../../src/db/base/connect.ts';
import type { SourceMemberRow } from '../../src/db/models/source-members.ts';
import { closeAlerts, openAlert } from '../../src/db/watching/alerts.ts';
import { membersOf, type SourceSpec } from '../../src/domain/spec/source-spec.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { sayMany } from '../../src/domain/words/say.ts';
import type { SourceIdentity, SourceLag } from '../../src/sources/port.ts';

/** What a look knows of how new a source is. */
export interface Freshness {
  /** For how long it has held nothing else, or could not be read; null where another definition has come meanwhile. */
  readonly unchangedMs: number | null;
  /** Only where it says by itself that its newest row is too old. */
  readonly stale: SourceLag['stale'];
  /** Of a union: as they were found, and as they stand. */
  readonly found: SourceIdentity['members'];
  readonly stand: readonly SourceMemberRow[];
}

/**
 * The alert `source-behind`, one rule for every kind: it rings while nothing new has come for longer than declared, and
 * closes with what comes. A source whose feed has stopped is readable and says nothing else of it.
 */
export async function tellFreshness(db: Db, { name, source, watch }: ModelSpec, found: Freshness): Promise<void> {
  const sentences = [...sentencesOfWhole(source, found), ...sentencesOfMembers(source, found)];
  if (sentences.length === 0) return closeAlerts(db, name, ['source-behind']);
  await openAlert(db, {
    model: name,
    kind: 'source-behind',
    subject: { of: 'source' },
    severity: 'warning',
    title: `${name}: nothing new comes from its source`,
    body: `${sentences.join(' ')} A training has nothing newer to learn from.`,
    webhooks: watch.webhooks,
  });
}

function sentencesOfWhole({ freshMs }: SourceSpec, { stale, unchangedMs }: Freshness): string[] {
  if (stale !== undefined) return [ofRow(stale)];
  return freshMs !== undefined && unchangedMs !== null && unchangedMs > freshMs
    ? [ofArrival({ ageMs: unchangedMs, freshMs })]
    : [];
}

function sentencesOfMembers(source: SourceSpec, { found = [], stand }: Freshness): string[] {
  return membersOf(source).flatMap(([name, { freshMs }]) => {
    if (name === null) return [];
    const stale = found.find((member) => member.name === name)?.lag?.stale;
    if (stale !== undefined) return [`${name}: ${ofRow(stale)}`];
    const ageMs = stand.find(({ member }) => member === name)?.staleMs ?? null;
    return ageMs === null || freshMs === undefined ? [] : [`${name}: ${ofArrival({ ageMs, freshMs })}`];
  });
}

type Age = Readonly<Record<'ageMs' | 'freshMs', number>>;

function ofRow({ ageMs, freshMs }: Age): string {
  return `The newest row is ${minutes(ageMs)} old; ${minutes(freshMs)} are declared.`;
}

function ofArrival({ ageMs, freshMs }: Age): string {
  return `Nothing new has come for ${minutes(ageMs)}; ${minutes(freshMs)} are declared.`;
}

function minutes(ms: number): string {
  return sayMany(Math.round(ms / 60_000), 'minute');
}
