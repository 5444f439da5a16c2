import { isUtf8 } from 'node:buffer';
import { readAvroSchema, type AvroRecord } from '../../domain/spec/avro/avro-schema.ts';
import { resolveAvro } from '../../domain/spec/avro/resolve-avro.ts';
import type { AvroFormat, KafkaSource } from '../../domain/spec/source-spec.ts';
import { cut } from '../../domain/words/cut.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { avroMembers } from './avro-line.ts';
import type { KafkaRecord } from './client/record-batches.ts';

/** The member of every row that says where it came from: `payments/3@812`. */
export const originColumn = '_kafka';

const textCharsMax = 1_000;
const bytesMax = 600;
const registryHeadBytes = 5;
const timeMsMax = 8_640_000_000_000_000;

export interface Line {
  /** A JSON object; or a JSON text, which the reader sets aside as no row. */
  readonly text: string;
  readonly isRow: boolean;
  /** Of a schema registry, where the message names one. */
  readonly schemaId?: number;
}

/** A value that is not null, as the members of a JSON object without its brackets; throws Undecodable. */
type Members = (value: Buffer) => { readonly members: string; readonly schemaId?: number };

/** How messages of a source become lines of JSON; what cannot be decoded is a text with its place and its bytes. */
export function lineMaker(spec: KafkaSource): (partition: number, record: KafkaRecord & { value: Buffer }) => Line {
  const { topic, keyColumn, timeColumn } = spec;
  const added = [originColumn, keyColumn, timeColumn].filter((name) => name !== undefined);
  const decode = spec.format === 'json' ? jsonMembers(added) : avroDecoder(spec.format, added);
  return (partition, { offset, key, timeMs, value }) => {
    const origin = `${topic}/${partition}@${offset}`;
    try {
      const { members, ...found } = decode(value);
      const first = [`"${originColumn}":"${origin}"`];
      if (keyColumn !== undefined) first.push(`${JSON.stringify(keyColumn)}:${keyText(key)}`);
      if (timeColumn !== undefined) first.push(`${JSON.stringify(timeColumn)}:${timeText(timeMs)}`);
      return { text: `{${first.join(',')}${members === '' ? '' : ','}${members}}`, isRow: true, ...found };
    } catch (error) {
      if (!(error instanceof Undecodable)) throw error;
      const about = `${origin} ${error.message}; ${value.length} bytes: ${excerpt(value)}`;
      return { text: JSON.stringify(about), isRow: false };
    }
  };
}

class Undecodable extends Error {}

function jsonMembers(added: readonly string[]): Members {
  return (value) => {
    if (!isUtf8(value)) throw new Undecodable('is not UTF-8');
    const text = value.toString('utf8').trim();
    const parsed = parsedOf(text);
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
      throw new Undecodable('is not a JSON object');
    const own = added.find((name) => Object.hasOwn(parsed, name));
    if (own !== undefined) throw new Undecodable(`has a member ${JSON.stringify(own)}, which is added here`);
    // The text itself and not what was parsed of it, which has rounded long numbers. Line ends stand between members.
    return {
      members: text
        .slice(1, -1)
        .trim()
        .replaceAll(/[\r\n]+/g, ' '),
    };
  };
}

function parsedOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Undecodable('is not JSON');
  }
}

function avroDecoder(
  { avro, framing, writers }: Exclude<KafkaSource['format'], 'json'>,
  added: readonly string[],
): Members {
  const record = readAvroSchema(avro);
  if ('problem' in record)
    throw new PerennialError('invalid_spec', `The schema of the source ${record.problem}.`, {
      path: 'source.format.avro',
    });
  const own = record.fields.find(({ name }) => added.includes(name));
  if (own !== undefined)
    throw new PerennialError(
      'invalid_spec',
      `The schema of the source has a field "${own.name}", which is added here.`,
      {
        path: 'source.format.avro',
      },
    );
  const decodeWritten = writers === undefined ? null : writtenDecoder(record, writers);
  return (value) => {
    if (decodeWritten !== null) return decodeWritten(value);
    const alone = framing === 'registry' ? null : asAvro(record, value);
    const isFramed = framing !== 'none' && value.length > registryHeadBytes && value[0] === 0;
    const framed = isFramed ? asAvro(record, value.subarray(registryHeadBytes)) : null;
    if (alone !== null && framed !== null)
      throw new Undecodable(
        'is Avro of the declared schema with and without the head of a registry; declare `framing`',
      );
    if (framed !== null) return { members: framed, schemaId: value.readUInt32BE(1) };
    if (alone !== null) return { members: alone };
    throw new Undecodable('is not Avro of the declared schema');
  };
}

/** Each message by the schema that its head names. */
function writtenDecoder(reader: AvroRecord, writers: NonNullable<AvroFormat['writers']>): Members {
  const schemas = new Map(
    Object.entries(writers).map(([id, schema]) => {
      const writer = readAvroSchema(schema);
      const found = 'problem' in writer ? writer : resolveAvro(writer, reader);
      if (!('problem' in found)) return [Number(id), found] as const;
      throw new PerennialError(
        'invalid_spec',
        `Schema ${id} of the source cannot be read as declared: ${found.problem}.`,
        {
          path: `source.format.writers.${id}`,
        },
      );
    }),
  );
  return (value) => {
    if (value.length <= registryHeadBytes || value[0] !== 0) throw new Undecodable('has no head of a registry');
    const schemaId = value.readUInt32BE(1);
    const schema = schemas.get(schemaId);
    if (schema === undefined)
      throw new Undecodable(`was written by schema ${schemaId}, which is not among \`format.writers\``);
    const members = asAvro(schema, value.subarray(registryHeadBytes));
    if (members === null) throw new Undecodable(`is not Avro of schema ${schemaId}, or cannot be read as declared`);
    return { members };
  };
}

function asAvro(record: AvroRecord, bytes: Buffer): string | null {
  try {
    return avroMembers(record, bytes);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function keyText(key: Buffer | null): string {
  if (key !== null && !isUtf8(key)) throw new Undecodable('has a key that is not UTF-8');
  return key === null ? 'null' : JSON.stringify(key.toString('utf8'));
}

/** Below zero where the producer gave none. */
function timeText(timeMs: number): string {
  return timeMs < 0 || timeMs > timeMsMax ? 'null' : `"${new Date(timeMs).toISOString()}"`;
}

/** As text where it is one, else in base64; bounded, whatever came. */
function excerpt(value: Buffer): string {
  const head = value.subarray(0, 4 * textCharsMax);
  const isText = isUtf8(value) && !head.includes(0);
  if (isText) return cut(head.toString('utf8'), textCharsMax);
  return `base64 ${value.subarray(0, bytesMax).toString('base64')}${value.length > bytesMax ? '…' : ''}`;
}
