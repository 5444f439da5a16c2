import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { KafkaSource } from '../../domain/spec/source-spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { sayMany } from '../../domain/words/say.ts';
import type { Cursor, SourceBatch, SourceDriver, SourceFinding, SourceIdentity, SourcePlace } from '../port.ts';
import { refuseOutside } from '../file/within-roots.ts';
import { withCluster } from './cluster.ts';
import { commitGroup } from './commit-group.ts';
import { digestOfOffsets, readCursor, sayCursor, writeCursor, type Gap, type KafkaCursor } from './cursor-state.ts';
import { lineMaker } from './line-of.ts';
import { readBatch, saySpans, type BatchOfMessages } from './read-batch.ts';
import { hasRow } from './read-span.ts';
import { endsOf, unreadBehind, unreadOf, type Unread } from './spans.ts';

const batchRowsUsual = 100_000;
/** Of the messages of one batch, which are held until they are written in order. */
const batchBytesMax = 64 * 1024 ** 2;

/** The messages of one topic, each a row, read on from the offsets that the newest snapshot holds. */
export const kafkaDriver: SourceDriver<KafkaSource> = {
  describe: ({ topic, brokers }) => `the topic ${topic} of Kafka at ${brokers[0] ?? ''}`,

  declare(spec) {
    const { kind, ...declared } = spec;
    return { word: kind, args: [declared] };
  },

  sayCursor: (_, cursor) => sayCursor(cursor),

  caveats: ({ format }) => [
    'The first messages alone are shown.',
    'Each message is a row, once: one that is written again with its key is another row, and one without a value none.',
    'What the topic removes before it is read is lost; an alert counts it.',
    ...(format === 'json' || format.framing === 'none' || format.writers !== undefined
      ? []
      : ['Ids of a schema registry are not looked at: all messages are read by the declared schema.']),
  ],

  secretsOf: ({ credentials, ca, clientCertificate }) => [
    ...(credentials === undefined ? [] : [credentials.username, credentials.password]),
    ...(typeof ca === 'string' ? [ca] : []),
    ...(clientCertificate === undefined ? [] : [clientCertificate.certificate, clientCertificate.key]),
  ],

  connect: (spec, place) => ({
    refuseForeign: () => refuseForeignAuthority(spec, place),
    identify: (from = null) => identify(spec, place, from),
    open: (from, folder) => open(spec, place, { from, folder }),
    lag: async (from) => (await identify(spec, place, from)).lag ?? null,
    async sample(rowsMax, folder) {
      const { group: _, ...few } = { ...spec, batchRows: rowsMax };
      for await (const batch of open(few, place, { from: null, folder })) return batch;
      return null;
    },
  }),
};

async function refuseForeignAuthority({ ca }: KafkaSource, place: SourcePlace): Promise<void> {
  if (typeof ca === 'object') await refuseOutside(path.resolve(place.roots[0] ?? path.sep, ca.path), place);
}

async function identify(spec: KafkaSource, place: SourcePlace, from: Cursor | null): Promise<SourceIdentity> {
  const state = from === null ? null : readCursor(from);
  return withCluster(spec, place, async (cluster) => {
    const found = await unreadBehind(cluster, spec, state);
    const unread = unreadOf(found.spans);
    const lineOf = lineMaker(spec);
    const undecodable: string[] = [];
    const isNew = await hasRow(cluster, spec.topic, found.spans, (partition, { value, ...record }) => {
      if (value === null) return false;
      const { isRow } = lineOf(partition, { ...record, value });
      if (!isRow) undecodable.push(`${spec.topic}/${partition}@${record.offset}`);
      return isRow;
    });
    return {
      digest: digestOfOffsets(cluster.topicId, isNew ? endsOf(found.spans) : (state?.offsets ?? new Map())),
      bytes: null,
      findings: findingsOf(spec, found, isNew ? [] : undecodable),
      lag: { unread, unit: 'rows' },
    };
  });
}

/** Up to the ends as they are at the beginning; each batch with connections of its own: none waits for a check. */
async function* open(
  spec: KafkaSource,
  place: SourcePlace,
  { from, folder }: { readonly from: Cursor | null; readonly folder: string },
): AsyncGenerator<SourceBatch> {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, 'source');
  const lineOf = lineMaker(spec);
  let state = from === null ? null : readCursor(from);
  if (state !== null) await commitGroup(spec, place, state.offsets);
  let ends: ReadonlyMap<number, number> | null = null;
  for (;;) {
    const { batch, next, ...read } = await nextBatch();
    ends ??= read.ends;
    if (batch === null) return;
    yield {
      name: `${spec.topic} (${saySpans(batch.read, 3)})`,
      path: file,
      format: 'ndjson',
      encoding: 'utf-8',
      rowsMax: null,
      covers: 'addition',
      sourceDigest: digestOfOffsets(next.topicId, next.offsets),
      next: writeCursor(next),
      notes: batch.notes,
    };
    // Whoever asks for more has stored what was handed over.
    await commitGroup(spec, place, next.offsets);
    state = next;
  }

  async function nextBatch() {
    return withCluster(spec, place, async (cluster) => {
      const found = await unreadBehind(cluster, spec, state);
      const limits = ends ?? endsOf(found.spans);
      // What was removed since the beginning may reach behind the end of then.
      let spans = found.spans
        .filter(({ partition }) => limits.has(partition))
        .map((span) => ({ ...span, end: Math.max(span.from, Math.min(span.end, limits.get(span.partition) ?? 0)) }));
      const offsets = new Map(spans.map((span) => [span.partition, span.from]));
      const batches: BatchOfMessages[] = [];
      const bounds = { rowsMax: spec.batchRows ?? batchRowsUsual, bytesMax: batchBytesMax };
      while (unreadOf(spans) > 0 && batches.every(({ rows, undecodable }) => rows + undecodable === 0)) {
        // oxlint-disable-next-line no-await-in-loop -- on behind what held no row
        const batch = await readBatch(cluster, spec, { spans, bounds, lineOf, file });
        batches.push(batch);
        for (const { partition, end } of batch.read) offsets.set(partition, end);
        spans = spans.map((span) => ({ ...span, from: offsets.get(span.partition) ?? span.from }));
      }
      const last = batches.at(-1);
      // At the end they wait for the next row, and a look tells of them; in front of all, or of more, they do not.
      if (last !== undefined && (state === null || unreadOf(spans) > 0)) refuseUndecodable(spec, last);
      const next: KafkaCursor = { topicId: cluster.topicId, offsets, gaps: found.gaps, lost: found.lost };
      const lost = found.lost - (state?.lost ?? 0);
      const notes = [...batches.flatMap((batch) => batch.notes), ...(lost === 0 ? [] : [sayLost(spec, found)])];
      return { batch: last === undefined || last.rows === 0 ? null : { ...last, notes }, next, ends: limits };
    });
  }
}

/** A file of which no line is a row would be called no table; this names the message. */
function refuseUndecodable({ topic }: KafkaSource, { rows, undecodable, firstUndecodable }: BatchOfMessages): void {
  if (rows > 0 || undecodable === 0) return;
  throw new PerennialError(
    'contract_rejected',
    `None of ${sayMany(undecodable, 'message')} of ${topic} can be decoded; the first: ${firstUndecodable ?? ''}`,
    { path: 'source.format', hint: 'Correct `source.format`, or wait until messages follow that can be decoded.' },
  );
}

/** So many are named; the rest is counted. */
const namedMax = 3;

function sayGap({ topic }: KafkaSource, { partition, from, end }: Gap): string {
  return `${topic}/${partition} offsets ${from}–${end - 1}`;
}

function sayLost(spec: KafkaSource, { lost, gaps }: Unread): string {
  const said = gaps.slice(-namedMax).map((gap) => sayGap(spec, gap));
  return `${sayMany(lost, 'offset')} removed before they were read, the last: ${said.join(', ')}`;
}

/** What was lost is in no snapshot, so it is told until the topic is read anew. */
function findingsOf(
  spec: KafkaSource,
  { gaps, lost }: Unread,
  undecodable: readonly string[],
): readonly SourceFinding[] {
  const findings: SourceFinding[] = [];
  if (lost > 0)
    findings.push({ kind: 'lost', count: gaps.length, names: gaps.slice(-namedMax).map((gap) => sayGap(spec, gap)) });
  if (undecodable.length > 0)
    findings.push({ kind: 'undecodable', count: undecodable.length, names: undecodable.slice(0, namedMax) });
  return findings;
}
