import type { Json } from '../../domain/words/canonical.ts';
import type { AvroField, AvroLogical, AvroRecord, AvroType } from '../../domain/spec/avro/avro-schema.ts';
import { isDefaultOf } from '../../domain/spec/avro/is-default.ts';

/** Types inside types of one message: a record may hold itself. */
const depthMax = 64;
/** Cells of one message; a list of nulls takes no bytes and would have no end otherwise. */
const cellsMax = 100_000;

/**
 * The bytes of one record as members of a JSON object (`"a":1,"b":"x"`), where they are exactly that; throws RangeError
 * otherwise. Every digit is kept: a long, a decimal and a time are written out.
 */
export function avroMembers(type: AvroRecord, bytes: Buffer): string {
  const reading = new Reading(bytes);
  const members = reading.members(type, 0);
  if (!reading.isAtEnd) throw new RangeError('bytes are left behind its last field');
  return members;
}

class Reading {
  readonly #bytes: Buffer;
  #at = 0;
  #cells = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  members({ fields, added = [] }: AvroRecord, depth: number): string {
    const members: string[] = [];
    for (const { name, type, isLeftOut } of fields) {
      const value = this.#value(type, depth + 1);
      if (isLeftOut !== true) members.push(`${JSON.stringify(name)}:${value}`);
    }
    for (const field of added) members.push(usualMember(field));
    return members.join(',');
  }

  #value(type: AvroType, depth: number): string {
    if (depth > depthMax) throw new RangeError('it is too deep');
    if (++this.#cells > cellsMax) throw new RangeError('it has too many cells');
    switch (type.kind) {
      case 'null':
        return 'null';
      case 'int':
      case 'long':
        return said(this.#long(type.kind === 'int' ? 32 : 64), type.logical);
      case 'float':
        return number(this.#bytes.readFloatLE(this.#take(4)));
      case 'double':
        return number(this.#bytes.readDoubleLE(this.#take(8)));
      case 'bytes':
        return blob(this.#run(), type.logical);
      case 'fixed':
        return blob(this.#slice(type.bytes), type.logical);
      case 'string':
        return this.#string();
      case 'enum':
        return JSON.stringify(this.#symbol(type.symbols));
      case 'unreadable':
        throw new RangeError(type.why);
      case 'union':
        return this.#value(this.#one(type.branches, 'branch'), depth);
      case 'array':
        return `[${this.#blocks(() => this.#value(type.items, depth + 1)).join(',')}]`;
      case 'map':
        return `{${this.#blocks(() => `${this.#string()}:${this.#value(type.items, depth + 1)}`).join(',')}}`;
      case 'record':
        return `{${this.members(type, depth)}}`;
      default:
        // Only a boolean is left.
        return this.#boolean();
    }
  }

  #boolean(): string {
    const byte = this.#bytes[this.#take(1)];
    if (byte !== 0 && byte !== 1) throw new RangeError('a boolean is neither 0 nor 1');
    return byte === 1 ? 'true' : 'false';
  }

  #string(): string {
    const bytes = this.#run();
    const text = bytes.toString('utf8');
    // What is no UTF-8 comes back longer, or otherwise.
    if (!Buffer.from(text).equals(bytes)) throw new RangeError('a text is not UTF-8');
    return JSON.stringify(text);
  }

  #symbol(symbols: readonly (string | null)[]): string {
    const symbol = this.#one(symbols, 'symbol');
    if (symbol === null) throw new RangeError('it holds a symbol that the declared schema does not have');
    return symbol;
  }

  #one<Item>(items: readonly Item[], what: string): Item {
    const item = items[Number(this.#long(32))];
    if (item === undefined) throw new RangeError(`it names a ${what} that the schema does not have`);
    return item;
  }

  #blocks(item: () => string): string[] {
    const items: string[] = [];
    for (;;) {
      let count = Number(this.#long(64));
      if (count === 0) return items;
      if (count < 0) {
        // Its size in bytes follows, for those who pass over it.
        this.#long(64);
        count = -count;
      }
      if (count > cellsMax) throw new RangeError('it has too many cells');
      for (let at = 0; at < count; at++) items.push(item());
    }
  }

  #run(): Buffer {
    return this.#slice(Number(this.#long(64)));
  }

  #slice(length: number): Buffer {
    const from = this.#take(length);
    return this.#bytes.subarray(from, from + length);
  }

  /** Zigzag. Most fit into a double, where sums cost a tenth of those of big integers. */
  #long(bits: 32 | 64): number | bigint {
    const from = this.#at;
    let value = 0;
    let weight = 1;
    for (let count = 1; count <= (bits === 32 ? 5 : 10); count++) {
      const byte = this.#bytes[this.#take(1)] ?? 0;
      value += (byte & 0x7f) * weight;
      weight *= 128;
      if ((byte & 0x80) !== 0) continue;
      if (bits === 32 && value >= 2 ** 32) throw new RangeError('a number is too large');
      if (!Number.isSafeInteger(value)) return this.#bigLong(from, this.#at);
      return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    throw new RangeError('a number has too many bytes');
  }

  #bigLong(from: number, end: number): bigint {
    let value = 0n;
    for (let at = end - 1; at >= from; at--) value = (value << 7n) | BigInt((this.#bytes[at] ?? 0) & 0x7f);
    return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
  }

  #take(length: number): number {
    const from = this.#at;
    if (!(length >= 0 && from + length <= this.#bytes.length)) throw new RangeError('it ends too early');
    this.#at += length;
    return from;
  }
}

/** JSON has no word for what is no number: these are read as missing, or refused by the contract. */
function number(value: number): string {
  return Number.isFinite(value) ? String(value) : JSON.stringify(String(value));
}

function said(value: number | bigint, logical: AvroLogical | null): string {
  if (logical?.of === 'date') return dayOf(BigInt(value), String(value));
  return logical?.of === 'timestamp' ? timestamp(BigInt(value), logical) : String(value);
}

/** By field: the same for every message of its schema. */
const usualTexts = new WeakMap<AvroField, string>();

/** What stands for a field that was not written. */
function usualMember(field: AvroField): string {
  const known = usualTexts.get(field);
  if (known !== undefined) return known;
  const text = membersText([[field.name, usualText(field.type, field.usual)]]);
  usualTexts.set(field, text);
  return text;
}

/** Throws RangeError where a default is none of its type: `resolveAvro` lets none of them be. */
function usualText(type: AvroType, usual: Json | undefined): string {
  switch (type.kind) {
    case 'int':
    case 'long':
      return said(Number(usual), type.logical);
    case 'float':
    case 'double':
      return number(Number(usual));
    case 'bytes':
    case 'fixed':
      return blob(Buffer.from(String(usual), 'latin1'), type.logical);
    case 'union': {
      const branch = type.branches.find((one) => isDefaultOf(one, usual));
      if (branch !== undefined) return usualText(branch, usual);
      break;
    }
    case 'array':
      if (Array.isArray(usual)) return `[${usual.map((item) => usualText(type.items, item)).join(',')}]`;
      break;
    case 'map':
      if (isUsuals(usual))
        return `{${membersText(Object.entries(usual).map(([name, item]) => [name, usualText(type.items, item)]))}}`;
      break;
    case 'record':
      if (isUsuals(usual))
        return `{${membersText(
          type.fields.map((of) => [
            of.name,
            usualText(of.type, Object.hasOwn(usual, of.name) ? usual[of.name] : of.usual),
          ]),
        )}}`;
      break;
    default:
      if (usual !== undefined) return JSON.stringify(usual);
  }
  throw new RangeError('a default is none of its type');
}

type Usuals = { readonly [name: string]: Json };

function membersText(members: readonly (readonly [name: string, text: string])[]): string {
  return members.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',');
}

function isUsuals(usual: Json | undefined): usual is Usuals {
  return typeof usual === 'object' && usual !== null && !Array.isArray(usual);
}

function blob(bytes: Buffer, logical: AvroLogical | null): string {
  if (logical?.of === 'uuid')
    return JSON.stringify(bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'));
  return logical?.of === 'decimal' ? decimal(bytes, logical.scale) : JSON.stringify(bytes.toString('base64'));
}

/** Two's complement, the largest byte first. */
function decimal(bytes: Buffer, scale: number): string {
  if (bytes.length === 0) throw new RangeError('a decimal has no bytes');
  const value = BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`));
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0');
  const sign = value < 0n ? '-' : '';
  return scale === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

const msPerDay = 86_400_000n;
const instantMsMax = 8_640_000_000_000_000n;

function dayOf(days: bigint, plain: string): string {
  const ms = days * msPerDay;
  return isWithin(ms) ? JSON.stringify(new Date(Number(ms)).toISOString().slice(0, -14)) : plain;
}

/** Beyond the years that a date may have it stays a number, which no contract takes for a time. */
function timestamp(value: bigint, { digits, hasZone }: Extract<AvroLogical, { readonly of: 'timestamp' }>): string {
  const perSecond = 10n ** BigInt(digits);
  const fraction = ((value % perSecond) + perSecond) % perSecond;
  const ms = ((value - fraction) / perSecond) * 1_000n;
  if (!isWithin(ms)) return String(value);
  const whole = new Date(Number(ms)).toISOString().slice(0, -5);
  return JSON.stringify(`${whole}.${String(fraction).padStart(digits, '0')}${hasZone ? 'Z' : ''}`);
}

function isWithin(ms: bigint): boolean {
  return ms >= -instantMsMax && ms <= instantMsMax;
}
