import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { DataFormat, RewriteAction } from '../../domain/spec/closed-sets.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Cursor, Source, SourceBatch, SourceFinding, SourceIdentity } from '../port.ts';
import { compareWithTaken, type Comparison } from './compare.ts';
import { chainOf, emptyCursor, readCursor, writeCursor, type ObjectsCursor } from './cursor.ts';
import { addTaken, readLedger, type LedgerStore, type TakenObject } from './ledger.ts';
import { objectsMax, type ListedObject, type Objects } from './objects.ts';

export interface ObjectsSourceParts {
  readonly objects: Objects;
  readonly format: DataFormat;
  readonly onRewrite: RewriteAction;
  /** Absent where nothing is read, as in the process that only checks a definition. */
  readonly store: LedgerStore | undefined;
}

/** What there is to read behind a cursor. */
interface Unread extends Comparison {
  /** Where the reading begins: at the cursor, or at the beginning again. */
  readonly start: ObjectsCursor;
  readonly pending: readonly ListedObject[];
}

/** A sample is taken of a copy, as everything is. */
const sampleBytesMax = 1024 ** 3;

/** So many keys of a finding are named; the rest is counted. */
const namedMax = 3;

/**
 * Objects of a folder or a bucket, each read once by key and digest, in the order of keys, one batch per object. An
 * object that was written again is reported; with `retake` everything is read again from the beginning, since rows that
 * were taken cannot be told apart from those of others.
 */
export function createObjectsSource({ objects, format, onRewrite, store }: ObjectsSourceParts): Source {
  function storeOf(): LedgerStore {
    if (store !== undefined) return store;
    throw new PerennialError('internal', 'A source of objects needs a store for what it has taken.');
  }

  async function unreadBehind(from: Cursor | null): Promise<Unread> {
    const cursor = readCursor(from);
    const taken = from === null ? new Map<string, TakenObject>() : await readLedger(storeOf(), cursor);
    const listed = await objects.list();
    const found = await compareWithTaken(listed, taken, cursor, isSameBytes);
    const isRetaken = onRewrite === 'retake' && found.rewritten.length > 0;
    const pending = isRetaken ? listed.filter(({ isSettled }) => isSettled) : found.fresh;
    const start = isRetaken ? emptyCursor : cursor;
    if (start.count + pending.length > objectsMax) throw tooMany(objects, start.count + pending.length);
    if (start.count === 0 && pending.length === 0 && found.unsettled.length > 0) throw unsettled(objects);
    return { ...found, start, pending };
  }

  /** What changes at this moment is looked at again next time. */
  async function isSameBytes(object: ListedObject, taken: TakenObject): Promise<boolean> {
    const digest = await objects.read(object, null);
    return digest === null || digest === taken.sha256;
  }

  async function identify(from: Cursor | null = null): Promise<SourceIdentity> {
    const unread = await unreadBehind(from);
    return {
      digest: unread.pending.reduce((digest, object) => chainOf(digest, object), unread.start.digest),
      bytes: unread.pending.reduce((sum, { bytes }) => sum + bytes, 0),
      findings: findingsOf(objects, unread),
      lag: { unread: unread.pending.length, unit: 'files' },
    };
  }

  async function* open(from: Cursor | null, folder: string): AsyncGenerator<SourceBatch> {
    const ledger = storeOf();
    const { start, pending } = await unreadBehind(from);
    await mkdir(folder, { recursive: true });
    const copy = path.join(folder, 'source');
    let cursor = start;
    for (const object of pending) {
      // oxlint-disable no-await-in-loop -- one object at a time: each is stored before the next is read
      const sha256 = await objects.read(object, copy);
      if (sha256 === null) continue;
      const { key, bytes, mark } = object;
      const before = cursor;
      cursor = await addTaken(ledger, cursor, { key, sha256, bytes, mark });
      // oxlint-enable no-await-in-loop
      yield {
        name: objects.nameOf(key),
        path: copy,
        format,
        rowsMax: null,
        covers: before.count === 0 ? 'whole' : 'addition',
        sourceDigest: cursor.digest,
        contentDigest: sha256,
        next: writeCursor(cursor),
      };
    }
  }

  /** The first object that is whole, without taking it; nothing is remembered. */
  async function sample(_: number, folder: string): Promise<SourceBatch | null> {
    const { pending } = await unreadBehind(null);
    const copy = path.join(folder, 'source');
    await mkdir(folder, { recursive: true });
    for (const object of pending) {
      if (object.bytes > sampleBytesMax) throw tooLarge(objects.nameOf(object.key));
      // oxlint-disable-next-line no-await-in-loop -- the next one only where this one changes at this moment
      const sha256 = await objects.read(object, copy);
      if (sha256 === null) continue;
      return {
        name: objects.nameOf(object.key),
        path: copy,
        format,
        rowsMax: null,
        covers: 'whole',
        sourceDigest: sha256,
        next: writeCursor(emptyCursor),
      };
    }
    return null;
  }

  return {
    refuseForeign: () => objects.refuseForeign(),
    identify,
    open,
    sample,
    lag: async (from) => ({ unread: (await unreadBehind(from)).pending.length, unit: 'files' }),
  };
}

/** What a person should know before relying on a source of objects. */
export function objectsCaveats({ onRewrite = 'report' }: { readonly onRewrite?: RewriteAction }): readonly string[] {
  const rewritten =
    onRewrite === 'retake'
      ? 'When an object that was read is written again, everything is read anew.'
      : 'An object that was read and is written again is reported, and its new rows are not read.';
  return ['The first object alone is shown.', rewritten, 'Rows of an object that was deleted stay in the history.'];
}

function tooLarge(name: string): PerennialError {
  return new PerennialError('invalid_data', `${name} is larger than 1 GiB, of which no sample is taken.`, {
    path: name,
    hint: 'Try a folder or prefix with smaller objects.',
  });
}

function findingsOf(objects: Objects, { late, rewritten, deleted }: Comparison): readonly SourceFinding[] {
  const finding = (kind: SourceFinding['kind'], keys: readonly string[]): readonly SourceFinding[] =>
    keys.length === 0
      ? []
      : [{ kind, count: keys.length, names: keys.slice(0, namedMax).map((key) => objects.nameOf(key)) }];
  return [
    ...finding(
      'late',
      late.map(({ key }) => key),
    ),
    ...finding(
      'rewritten',
      rewritten.map(({ key }) => key),
    ),
    ...finding('deleted', deleted),
  ];
}

function tooMany(objects: Objects, count: number): PerennialError {
  return new PerennialError(
    'invalid_data',
    `${objects.nameOf(null)} has given ${count} objects, more than ${objectsMax}.`,
    {
      path: 'source',
      hint: 'Write more rows into each object, narrow `source.pattern`, or name a folder or prefix for each period.',
    },
  );
}

/** Worth another attempt: in some seconds nobody is writing any more. */
function unsettled(objects: Objects): PerennialError {
  return new PerennialError('unavailable', `All objects of ${objects.nameOf(null)} may still be written.`, {
    path: 'source',
    hint: 'Wait until they have not changed for `source.settleMs`.',
  });
}
