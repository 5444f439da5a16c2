import type { Json } from '../../words/canonical.ts';

const plainKinds = ['null', 'boolean', 'float', 'double', 'string'] as const;
/** They may stand for something else. */
const markedKinds = ['int', 'long', 'bytes'] as const;

/** A type of Avro with every name looked up; a record may hold itself. */
export type AvroType =
  | { readonly kind: (typeof plainKinds)[number] }
  | { readonly kind: (typeof markedKinds)[number]; readonly logical: AvroLogical | null }
  | { readonly kind: 'fixed'; readonly name: string; readonly bytes: number; readonly logical: AvroLogical | null }
  | AvroEnum
  | { readonly kind: 'array' | 'map'; readonly items: AvroType }
  | { readonly kind: 'union'; readonly branches: readonly AvroType[] }
  | { readonly kind: 'unreadable'; readonly why: string }
  | AvroRecord;

export interface AvroRecord {
  readonly kind: 'record';
  /** With its namespace, as those of enums and fixed types. */
  readonly name: string;
  readonly aliases: readonly string[];
  readonly fields: readonly AvroField[];
  /** Only of one that is brought to another schema: fields of that one that are not written, with their defaults. */
  readonly added?: readonly AvroField[];
}

export interface AvroField {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly type: AvroType;
  /** What stands where it was not written; absent where it must have been. */
  readonly usual?: Json;
  /** Only of one that is brought to another schema, which does not have it: it is read and left out. */
  readonly isLeftOut?: true;
}

interface AvroEnum {
  readonly kind: 'enum';
  readonly name: string;
  readonly aliases: readonly string[];
  /** Null for one that another schema, which it is brought to, does not have. */
  readonly symbols: readonly (string | null)[];
  /** What stands for a symbol that is not known; absent where there is none. */
  readonly usual?: string;
}

/** What a number or bytes stand for. Others than these are read as what they are written as. */
export type AvroLogical =
  | { readonly of: 'decimal'; readonly scale: number }
  | { readonly of: 'date' }
  /** Of a fixed type of 16 bytes; a text is one already. */
  | { readonly of: 'uuid' }
  /** `digits` of the fraction of a second; with a zone it is an instant, without one a time of a calendar. */
  | { readonly of: 'timestamp'; readonly digits: 3 | 6 | 9; readonly hasZone: boolean };

/** What is wrong with a schema, and where in it. */
export interface AvroProblem {
  readonly path: readonly (string | number)[];
  readonly problem: string;
}

const namePattern = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/;
const fieldPattern = /^[A-Za-z_][A-Za-z0-9_]*$/;
const pathMax = 64;
const typesMax = 5_000;
const fixedBytesMax = 4_096;

/** The record that a schema declares, or what is wrong with it. */
export function readAvroSchema(schema: Json): AvroRecord | AvroProblem {
  try {
    const type = new Reading().typeOf(schema, [], '');
    return type.kind === 'record' ? type : { path: [], problem: 'must be a record: its fields are the columns' };
  } catch (error) {
    if (error instanceof Wrong) return { path: error.path, problem: error.message };
    throw error;
  }
}

class Wrong extends Error {
  readonly path: readonly (string | number)[];
  constructor(path: readonly (string | number)[], problem: string) {
    super(problem);
    this.path = path;
  }
}

type Path = readonly (string | number)[];
type Members = { readonly [member: string]: Json };

class Reading {
  readonly #named = new Map<string, AvroType>();
  #types = 0;

  typeOf(schema: Json, path: Path, space: string): AvroType {
    if (path.length > pathMax) throw new Wrong(path, 'must not be nested so deeply');
    if (++this.#types > typesMax) throw new Wrong(path, `must not have more than ${typesMax} types`);
    if (typeof schema === 'string') return this.#called(schema, path, space);
    if (Array.isArray(schema)) return this.#union(schema, path, space);
    if (!isMembers(schema)) throw new Wrong(path, 'must be the name of a type, a list of types or an object');
    const { type } = schema;
    if (type === undefined) throw new Wrong(path, 'must have a member "type"');
    if (typeof type !== 'string') return this.typeOf(type, [...path, 'type'], space);
    return this.#declared(type, schema, path, space);
  }

  #declared(type: string, schema: Members, path: Path, space: string): AvroType {
    const logical = logicalOf(schema);
    if (type === 'array') return { kind: type, items: this.#member(schema, 'items', path, space) };
    if (type === 'map') return { kind: type, items: this.#member(schema, 'values', path, space) };
    if (type === 'record' || type === 'error') return this.#record(schema, path, space);
    if (type === 'enum') return this.#enum(schema, path, space);
    if (type === 'fixed') {
      const { size } = schema;
      if (typeof size !== 'number' || !Number.isInteger(size) || size < 0 || size > fixedBytesMax)
        throw new Wrong([...path, 'size'], `must be an integer from 0 to ${fixedBytesMax}`);
      const meant = logical?.of === 'uuid' && size === 16 ? logical : decimalOf(logical);
      const name = wholeName(schema, path, space);
      return this.#keep({ kind: 'fixed', name, bytes: size, logical: meant }, name, path);
    }
    if (type === 'int') return { kind: type, logical: logical?.of === 'date' ? logical : null };
    if (type === 'long') return { kind: type, logical: logical?.of === 'timestamp' ? logical : null };
    return type === 'bytes'
      ? { kind: type, logical: decimalOf(logical) }
      : this.#called(type, [...path, 'type'], space);
  }

  #called(name: string, path: Path, space: string): AvroType {
    const plain = plainKinds.find((kind) => kind === name);
    if (plain !== undefined) return { kind: plain };
    const marked = markedKinds.find((kind) => kind === name);
    if (marked !== undefined) return { kind: marked, logical: null };
    const found =
      this.#named.get(name.includes('.') || space === '' ? name : `${space}.${name}`) ?? this.#named.get(name);
    if (found === undefined) throw new Wrong(path, 'must be a type of Avro, or one that is declared before');
    return found;
  }

  #union(branches: readonly Json[], path: Path, space: string): AvroType {
    if (branches.length === 0) throw new Wrong(path, 'must name at least one type');
    return { kind: 'union', branches: branches.map((branch, index) => this.typeOf(branch, [...path, index], space)) };
  }

  #record(schema: Members, path: Path, space: string): AvroType {
    const { fields } = schema;
    if (!Array.isArray(fields) || fields.length === 0) throw new Wrong([...path, 'fields'], 'must list its fields');
    const whole = wholeName(schema, path, space);
    const read: AvroField[] = [];
    // Known by name before its fields are read: it may hold itself.
    const aliases = aliasesOf(schema);
    const record = this.#keep({ kind: 'record', name: whole, aliases, fields: read }, whole, path);
    const inner = spaceOf(schema, space);
    for (const [index, field] of fields.entries()) {
      const at = [...path, 'fields', index];
      if (!isMembers(field) || typeof field['name'] !== 'string' || !fieldPattern.test(field['name']))
        throw new Wrong([...at, 'name'], 'must be a name of letters, digits and underscores');
      const { name } = field;
      if (read.some((other) => other.name === name)) throw new Wrong([...at, 'name'], 'must not occur twice');
      const type = this.#member(field, 'type', at, inner);
      const { default: usual } = field;
      read.push({ name, aliases: aliasesOf(field), type, ...(usual === undefined ? {} : { usual }) });
    }
    return record;
  }

  #member(schema: Members, member: string, path: Path, space: string): AvroType {
    const inner = schema[member];
    if (inner === undefined) throw new Wrong(path, `must have a member "${member}"`);
    return this.typeOf(inner, [...path, member], space);
  }

  #enum(schema: Members, path: Path, space: string): AvroType {
    const name = wholeName(schema, path, space);
    const { default: usual } = schema;
    const symbols = symbolsOf(schema, path);
    if (usual !== undefined && (typeof usual !== 'string' || !symbols.includes(usual)))
      throw new Wrong([...path, 'default'], 'must be one of its symbols');
    const type = { kind: 'enum', name, aliases: aliasesOf(schema), symbols } as const;
    return this.#keep(usual === undefined ? type : { ...type, usual }, name, path);
  }

  #keep(type: AvroType, whole: string, path: Path): AvroType {
    if (this.#named.has(whole)) throw new Wrong([...path, 'name'], 'must not be declared twice');
    this.#named.set(whole, type);
    return type;
  }
}

function wholeName(schema: Members, path: Path, space: string): string {
  const { name } = schema;
  if (typeof name !== 'string' || !namePattern.test(name)) throw new Wrong([...path, 'name'], 'must be a name');
  const inner = spaceOf(schema, space);
  return name.includes('.') || inner === '' ? name : `${inner}.${name}`;
}

function aliasesOf({ aliases }: Members): readonly string[] {
  return Array.isArray(aliases) ? aliases.filter((alias) => typeof alias === 'string') : [];
}

function isMembers(value: Json | undefined): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Names inside a type belong to its namespace, which its own name may carry. */
function spaceOf(schema: Members, space: string): string {
  const { name, namespace } = schema;
  if (typeof name === 'string' && name.includes('.')) return name.slice(0, name.lastIndexOf('.'));
  return typeof namespace === 'string' ? namespace : space;
}

function symbolsOf({ symbols }: Members, path: Path): readonly string[] {
  if (!Array.isArray(symbols) || symbols.length === 0 || !symbols.every((symbol) => typeof symbol === 'string'))
    throw new Wrong([...path, 'symbols'], 'must list its symbols');
  return symbols.filter((symbol) => typeof symbol === 'string');
}

function decimalOf(logical: AvroLogical | null): AvroLogical | null {
  return logical?.of === 'decimal' ? logical : null;
}

function logicalOf({ logicalType, scale }: Members): AvroLogical | null {
  if (logicalType === 'date' || logicalType === 'uuid') return { of: logicalType };
  if (logicalType === 'decimal') {
    const digits = scale ?? 0;
    return typeof digits === 'number' && Number.isInteger(digits) && digits >= 0 && digits <= 1_000
      ? { of: 'decimal', scale: digits }
      : null;
  }
  const unit = typeof logicalType === 'string' ? /^(local-)?timestamp-(millis|micros|nanos)$/.exec(logicalType) : null;
  if (unit === null) return null;
  const digits = unit[2] === 'millis' ? 3 : unit[2] === 'micros' ? 6 : 9;
  return { of: 'timestamp', digits, hasZone: unit[1] === undefined };
}
