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
  const { stale, unchangedMs, found: members = [], stand } = found;
  const sentences = freshnessSentences(source, {
    stale,
    unchangedMs,
    staleOf: (member) => members.find((one) => one.name === member)?.lag?.stale,
    // Kept where it is longer than was declared.
    ageOf: (member) => stand.find((one) => one.member === member)?.staleMs ?? null,
  });
  // A view of it whose source brings nothing is told of by itself.
  if (sentences.length === 0) return closeAlerts(db, name, ['source-behind'], { about: { of: 'source' } });
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

/** How new a source is, of a model or of a feature view. */
interface Ages extends Pick<Freshness, 'unchangedMs' | 'stale'> {
  /** The same of one source of a union, by its name; null where nobody knows. */
  readonly ageOf: (member: string) => number | null;
  readonly staleOf?: (member: string) => SourceLag['stale'];
}

/** What is to be said of a source that brings nothing new for longer than declared; nothing where it does. */
export function freshnessSentences(source: SourceSpec, { stale, unchangedMs, ageOf, staleOf }: Ages): string[] {
  const ofWhole = stale === undefined ? saidOf(source.freshMs, unchangedMs) : [ofRow(stale)];
  const ofMembers = membersOf(source).flatMap(([name, { freshMs }]) => {
    if (name === null) return [];
    const staleMember = staleOf?.(name);
    const said = staleMember === undefined ? saidOf(freshMs, ageOf(name)) : [ofRow(staleMember)];
    return said.map((sentence) => `${name}: ${sentence}`);
  });
  return [...ofWhole, ...ofMembers];
}

function saidOf(freshMs: number | undefined, ageMs: number | null): string[] {
  return freshMs !== undefined && ageMs !== null && ageMs > freshMs ? [ofArrival({ ageMs, freshMs })] : [];
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
