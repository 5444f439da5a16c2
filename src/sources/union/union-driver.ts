import path from 'node:path';
import { unionMembersOf, type MemberSource, type UnionSource } from '../../domain/spec/source-spec.ts';
import { cut } from '../../domain/words/cut.ts';
import { isPerennialError, PerennialError } from '../../domain/words/errors.ts';
import { charsMax } from '../../domain/words/limits.ts';
import { messageOf } from '../../domain/words/reason-of.ts';
import type {
  Cursor,
  MemberState,
  Source,
  SourceBatch,
  SourceDriver,
  SourceFinding,
  SourceIdentity,
  SourceLag,
  SourcePlace,
} from '../port.ts';
import { digestOfMembers, readPlace, writePlace, type MemberPlace, type UnionPlace } from './union-cursor.ts';

/** The drivers of members, as the registry has them: a union knows no kind. */
export type DriverOf = (spec: MemberSource) => SourceDriver<MemberSource>;

/** Several sources as one history; each is read on from its own cursor. */
export function unionDriver(driverOf: DriverOf): SourceDriver<UnionSource> {
  return {
    describe: (spec) =>
      unionMembersOf(spec)
        .map(([name, member]) => `${name}: ${driverOf(member).describe(member)}`)
        .join('; '),

    declare({ kind, members, ...options }) {
      return { word: kind, args: Object.keys(options).length === 0 ? [members] : [members, options] };
    },

    sayCursor(spec, cursor) {
      const place = readPlace(cursor);
      const said = unionMembersOf(spec).flatMap(([name, member]) => {
        const at = place[name];
        const text = at === undefined ? 'nothing yet' : driverOf(member).sayCursor?.(member, at.cursor);
        return text == null ? [] : [`${name}: ${text}`];
      });
      return said.length === 0 ? null : said.join('; ');
    },

    caveats: (spec) => [
      'A source that cannot be read is told of, and the others are read without it.',
      ...unionMembersOf(spec).flatMap(([name, member]) =>
        (driverOf(member).caveats?.(member) ?? []).map((caveat) => `${name}: ${caveat}`),
      ),
    ],

    secretsOf: (spec) => [
      ...new Set(unionMembersOf(spec).flatMap(([, member]) => driverOf(member).secretsOf?.(member) ?? [])),
    ],

    connect: (spec, place) =>
      createUnion(
        new Map(unionMembersOf(spec).map(([name, member]) => [name, connectMember(driverOf(member), member, place)])),
      ),
  };
}

function connectMember(driver: SourceDriver<MemberSource>, member: MemberSource, place: SourcePlace): Source {
  return driver.connect(member, place);
}

/** One member as it stands: `digest` is that of its place where it cannot be read, so that this is no change. */
interface Found extends Omit<MemberState, 'late'> {
  readonly digest: string | null;
  readonly bytes: number | null;
  readonly findings: readonly SourceFinding[];
  readonly failure: unknown;
}

function createUnion(members: ReadonlyMap<string, Source>): Source {
  async function foundOf(name: string, source: Source, at: MemberPlace | undefined): Promise<Found> {
    try {
      const identity = await source.identify(at?.cursor ?? null);
      const lag = identity.lag ?? (await source.lag(at?.cursor ?? null));
      // One that was never read and holds nothing is named as in a cursor: not at all.
      const isEmpty = at === undefined && lag?.unread === 0;
      const { bytes, findings = [], digest } = identity;
      return { name, digest: isEmpty ? null : digest, bytes, findings, lag, problem: null, failure: null };
    } catch (failure) {
      const problem = cut(messageOf(failure), charsMax.failure);
      return { name, digest: at?.digest ?? null, bytes: null, findings: [], lag: null, problem, failure };
    }
  }

  async function identify(from: Cursor | null = null): Promise<SourceIdentity> {
    const place = readPlace(from);
    const found: Found[] = [];
    for (const [name, source] of members)
      // oxlint-disable-next-line no-await-in-loop -- one after the other: each may take a connection and a disk
      found.push(await foundOf(name, source, place[name]));
    const failed = found.filter(({ problem }) => problem !== null);
    const [first] = failed;
    if (first !== undefined && failed.length === found.length) throw named(first.name, first.failure);
    const digests = found.flatMap(({ name, digest }): [string, string][] => (digest === null ? [] : [[name, digest]]));
    const lag = sumOf(found);
    return {
      digest: digestOfMembers(Object.fromEntries(digests)),
      bytes: null,
      findings: findingsOf(found),
      ...(lag === null ? {} : { lag }),
      members: found.map(({ name, digest, lag: own, problem, findings }) => ({
        name,
        digest: problem === null ? digest : null,
        lag: own,
        problem,
        late: lateOf(findings),
      })),
    };
  }

  async function* open(from: Cursor | null, folder: string): AsyncGenerator<SourceBatch> {
    let place = readPlace(from);
    const failures: unknown[] = [];
    for (const [name, source] of members) {
      try {
        for await (const batch of source.open(place[name]?.cursor ?? null, path.join(folder, name))) {
          const next = { ...place, [name]: { cursor: batch.next, digest: batch.sourceDigest } };
          let isRefused = false;
          yield { ...joined(batch, name, next), refuse: () => (isRefused = true) };
          if (isRefused) break;
          place = next;
        }
      } catch (failure) {
        // What was read of it before stands; the others are read all the same, and `identify` tells of this one.
        failures.push(named(name, failure));
      }
    }
    if (failures.length === members.size) throw failures[0];
  }

  return {
    async refuseForeign() {
      for (const [name, source] of members)
        // oxlint-disable-next-line no-await-in-loop -- the first that is refused is told
        await ofMember(name, source.refuseForeign());
    },
    identify,
    open,
    async sample(rowsMax, folder) {
      for (const [name, source] of members) {
        const within = path.join(folder, name);
        // oxlint-disable-next-line no-await-in-loop -- the first that holds rows
        const batch = await ofMember(name, source.sample?.(rowsMax, within) ?? firstOf(source, within));
        if (batch !== null) return { ...batch, name: `${name}: ${batch.name}` };
      }
      return null;
    },
    lag: async (from) => (await identify(from)).lag ?? null,
  };
}

/** A batch of a member is an addition to the history, also the first one of an empty member. */
function joined(batch: SourceBatch, member: string, next: UnionPlace): SourceBatch {
  return {
    ...batch,
    name: `${member}: ${batch.name}`,
    covers: 'addition',
    sourceDigest: digestOfMembers(Object.fromEntries(Object.entries(next).map(([name, { digest }]) => [name, digest]))),
    next: writePlace(next),
    member,
  };
}

async function ofMember<T>(name: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw named(name, error);
  }
}

/** A failure says of which source it is. */
function named(name: string, failure: unknown): unknown {
  if (!isPerennialError(failure)) return failure;
  const { code, message, hint, path: at } = failure;
  return new PerennialError(code, `${name}: ${message}`, {
    path: (at ?? 'source').replace(/^source\b/, `source.members.${name}`),
    hint: hint?.replaceAll(/(?<=`)source\b/g, `source.members.${name}`),
    cause: failure,
  });
}

async function firstOf(source: Source, folder: string): Promise<SourceBatch | null> {
  for await (const batch of source.open(null, folder)) return batch;
  return null;
}

function findingsOf(found: readonly Found[]): readonly SourceFinding[] {
  return found.flatMap(({ name, findings }) =>
    findings.map((finding) => ({ ...finding, names: finding.names.map((of) => `${name}: ${of}`) })),
  );
}

function lateOf(findings: readonly SourceFinding[]): number {
  return findings.reduce((sum, { kind, count }) => sum + (kind === 'late' ? count : 0), 0);
}

/** Null where members count in different units, or one does not count: a sum would be of nothing. */
function sumOf(found: readonly Found[]): SourceLag | null {
  const lags = found.flatMap(({ lag }) => (lag === null ? [] : [lag]));
  const [first] = lags;
  if (first === undefined || lags.length < found.length || lags.some(({ unit }) => unit !== first.unit)) return null;
  return {
    unread: lags.reduce((sum, { unread }) => sum + unread, 0),
    unit: first.unit,
    ...(lags.some(({ isAtLeast }) => isAtLeast === true) ? { isAtLeast: true } : {}),
  };
}
