import type { SourceMemberView, SourceStanding } from '../../contracts/http/data/sources.ts';
import { lagOf, type StoredSource } from '../../db/views/views-sources.ts';
import { membersOf, type MemberSource, type SourceSpec } from '../../domain/spec/source-spec.ts';
import { describeSource, sayCursorOf } from '../../sources/registry.ts';

/** What is stored of a source, of a model or of a feature view. */
interface Standing extends Pick<StoredSource, 'revision' | 'newest' | 'members' | 'alerts'> {
  readonly source: SourceSpec;
  readonly changedAt: Date | null;
  readonly look:
    | (NonNullable<Parameters<typeof lagOf>[0]> & {
        readonly lookedAt: Date | null;
        readonly lookAt: Date | null;
        readonly failures: number;
        readonly problem: string | null;
      })
    | null;
}

/** How a source stands, as people are told. */
export function standingOf(stored: Standing): SourceStanding {
  const { source, newest, look } = stored;
  const batchRows = newest === null ? 0 : newest.rows + newest.quarantinedRows;
  return {
    source: describeSource(source),
    cursor: newest?.cursor == null ? null : sayCursorOf(source, newest.cursor),
    takenAt: newest?.at.toISOString() ?? null,
    rows: newest?.rowsSoFar ?? 0,
    quarantinedRows: newest?.quarantinedRows ?? 0,
    quarantinedShare: newest === null || batchRows === 0 ? null : newest.quarantinedRows / batchRows,
    lag: lagOf(look),
    lookedAt: look?.lookedAt?.toISOString() ?? null,
    nextLookAt: look?.lookAt?.toISOString() ?? null,
    failures: look?.failures ?? 0,
    problem: look?.problem ?? null,
    changedAt: stored.changedAt?.toISOString() ?? null,
    freshMs: source.freshMs ?? null,
    alerts: stored.alerts.map(({ openedAt, ...said }) => ({ ...said, openedAt: openedAt.toISOString() })),
    members: membersOf(source).flatMap(([name, member]) => (name === null ? [] : [memberViewOf(stored, name, member)])),
  };
}

function memberViewOf({ revision, members }: Standing, name: string, member: MemberSource): SourceMemberView {
  const found = members.find((one) => one.member === name);
  // What was taken under another definition is none of this one's.
  const taken = found?.specRevision === revision ? found : undefined;
  return {
    name,
    source: describeSource(member),
    rows: taken?.takenRows ?? 0,
    takenAt: taken?.takenAt?.toISOString() ?? null,
    quarantinedRows: taken?.quarantinedRows ?? 0,
    repeatedRows: taken?.repeatedRows ?? 0,
    lag: found === undefined ? null : lagOf(found),
    late: found?.late ?? 0,
    staleMs: found?.staleMs ?? null,
    failures: found?.failures ?? 0,
    problem: found?.problem ?? null,
    refusal: found?.refusal ?? null,
  };
}
