import { and, desc, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { decodeCursor, pageOf, type Page } from '../../contracts/http/page.ts';
import type { AnsweringCorrection, CorrectionView } from '../../contracts/http/corrections.ts';
import { formatOccasion, parseOccasion } from '../../domain/record/occasion.ts';
import type { RoutingEntry } from '../../domain/rollout/routing.ts';
import type { ProvenMean } from '../../statistics/sequential/proven-mean.ts';
import type { Db } from '../base/connect.ts';
import { evidence } from '../schema/index.ts';

export interface CorrectionsAsked {
  readonly model: string;
  /** Null: of all versions. */
  readonly version: number | null;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

const place = z.tuple([z.iso.datetime(), z.int().min(0)]);

/** What was judged of corrections and what people said of them, newest first; at most `limit` (1..200). */
export async function listCorrections(db: Db, asked: CorrectionsAsked): Promise<Page<CorrectionView>> {
  const { model, version, limit, cursor } = asked;
  const key = decodeCursor(place, cursor);
  const rows = await db
    .select({
      evidenceId: evidence.evidenceId,
      subject: evidence.subject,
      verdict: evidence.verdict,
      body: evidence.body,
      // To the microsecond: those of one window stand in one transaction.
      at: sql<string>`to_char(${evidence.createdAt} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
    })
    .from(evidence)
    .where(
      and(
        eq(evidence.model, model),
        sql`${evidence.kind} = 'correction'`,
        version === null ? undefined : isOfVersion(version),
        key === null
          ? undefined
          : sql`(${evidence.createdAt}, ${evidence.evidenceId}) < (${key[0]}::timestamptz, ${key[1]}::bigint)`,
      ),
    )
    .orderBy(desc(evidence.createdAt), desc(evidence.evidenceId))
    .limit(limit + 1);
  const { items, next } = pageOf(rows, limit, (row) => [row.at, row.evidenceId]);
  return { items: items.flatMap((row) => viewOf(row) ?? []), next };
}

/** The third part of its occasion, as the index has it. */
export function isOfVersion(version: number) {
  return sql`split_part(${evidence.subject}, '/', 3) = ${formatOccasion({ of: 'version', version })}`;
}

/** What champion and challenger answer with. */
export function answeringOf(entry: RoutingEntry | null): AnsweringCorrection[] {
  return (['champion', 'challenger'] as const).flatMap((as) => {
    const routed = entry?.[as] ?? null;
    if (routed === null) return [];
    const { version, correction, isCorrectionHeld = false } = routed;
    return [{ version, as, digest: correction, isHeld: isCorrectionHeld }];
  });
}

interface StoredRow {
  readonly evidenceId: number;
  readonly subject: string;
  readonly verdict: string;
  readonly body: Record<string, unknown>;
  readonly at: string;
}

/** What the watch and people's commands write; members may be missing in evidence of earlier releases. */
interface StoredBody {
  readonly verdict?: string;
  readonly digest?: string;
  readonly before?: string;
  readonly rows?: number;
  readonly gain?: ProvenMean | null;
  readonly wouldHaveGained?: ProvenMean | null;
  readonly text?: string;
  readonly by?: string;
}

function viewOf({ evidenceId, subject, verdict, body, at }: StoredRow): CorrectionView | null {
  const occasion = parseOccasion(subject);
  if (occasion?.of !== 'correction' && occasion?.of !== 'correction-word') return null;
  // The stored document is what the platform itself once wrote.
  const stored = body as StoredBody;
  return {
    evidenceId,
    at,
    window: occasion.of === 'correction' ? occasion.window : null,
    version: occasion.version,
    verdict,
    judged: stored.verdict ?? verdict,
    digest: stored.digest ?? null,
    before: stored.before ?? null,
    rows: stored.rows ?? null,
    gain: gainOf(stored.gain),
    wouldHaveGained: gainOf(stored.wouldHaveGained),
    by: stored.by ?? 'watch',
    text: stored.text ?? '',
  };
}

function gainOf(gain: ProvenMean | null | undefined): CorrectionView['gain'] {
  return gain == null ? null : { estimate: gain.estimate, lower: gain.lower, rows: gain.rows };
}
