import * as library from '@platformatic/kafka';
import { expect, test } from 'vitest';
import { readRecords } from './record-batches.ts';

const batchOf = (change: (bytes: Buffer) => void = () => undefined, record = [14, 0, 0, 0, 1, 2, 0x78, 0]): Buffer => {
  // One message: no key, value "x".
  const body = Buffer.alloc(40 + record.length);
  body.writeInt32BE(0, 2);
  body.writeBigInt64BE(-1n, 22);
  body.writeInt32BE(1, 36);
  Buffer.from(record).copy(body, 40);
  const head = Buffer.alloc(21);
  head.writeBigInt64BE(7n, 0);
  head.writeInt32BE(9 + body.length, 8);
  head.writeInt8(2, 16);
  head.writeUInt32BE(library.crc32c(body), 17);
  const bytes = Buffer.concat([head, body]);
  change(bytes);
  return bytes;
};
const read = (records: Buffer) => readRecords(library, { error: 0, aborted: [], records }, 0, 100);

test('the checksum is that of RFC 3720', () => {
  expect(library.crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
});

test('a batch with a wrong checksum is refused, one that is cut off is left for the next fetch', () => {
  const one = read(batchOf());
  expect(one).toMatchObject({ next: 8, records: [{ offset: 7, key: null }] });
  expect(one.records[0]?.value?.toString()).toBe('x');
  expect(read(Buffer.concat([batchOf(), batchOf().subarray(0, 30)]))).toMatchObject({ next: 8 });
  expect(read(batchOf().subarray(0, 60))).toEqual({ next: null, records: [] });
  expect(() => read(batchOf((bytes) => bytes.writeInt8(9, 66)))).toThrow('checksum is wrong');
  expect(() => read(batchOf((bytes) => bytes.writeInt8(1, 16)))).toThrow('before Kafka 0.11');
});

test('no value is told from an empty one, and a message that ends outside is refused', () => {
  expect(read(batchOf(undefined, [12, 0, 0, 0, 1, 1, 0])).records[0]?.value).toBeNull();
  expect(read(batchOf(undefined, [12, 0, 0, 0, 1, 0, 0])).records[0]?.value).toEqual(Buffer.alloc(0));
  for (const record of [
    [14, 0, 0, 0, 1, 126, 0x78, 0],
    [1, 0, 0, 0, 1, 2, 0x78, 0],
    [14, 0, 0],
    [0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  ])
    expect(() => read(batchOf(undefined, record))).toThrow('What the broker of the source answers holds');
});
