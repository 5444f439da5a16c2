import type { AvroField, AvroLogical, AvroRecord, AvroType } from './avro-schema.ts';
import { isDefaultOf } from './is-default.ts';

/**
 * How messages of the schema `writer` are read as rows of the schema `reader`, by the rules of Avro: fields by name or
 * alias, those that are not written by their default, numbers that are widened. The problem is what stands in every
 * message and can never be read, or a default that is needed somewhere and is none of its type; what cannot be read
 * within a union or a list, where it may not occur, is a type `unreadable`.
 */
export function resolveAvro(writer: AvroRecord, reader: AvroRecord): AvroRecord | { readonly problem: string } {
  const resolving = new Resolving();
  const found = resolving.record(writer, reader);
  if (resolving.wrongDefault !== null) return { problem: resolving.wrongDefault };
  if (found.kind !== 'record') return { problem: found.kind === 'unreadable' ? found.why : 'is no record' };
  const wrong = wrongField(found, new Set());
  if (wrong === null) return found;
  return { problem: `has a field "${wrong.name}" that cannot be read as declared: ${wrong.why}` };
}

interface WrongField {
  /** With those of the records around it. */
  readonly name: string;
  readonly why: string;
}

/** A field that stands in every message and can never be read; null where there is none. */
function wrongField(record: AvroRecord, seen: Set<AvroRecord>): WrongField | null {
  if (seen.has(record)) return null;
  seen.add(record);
  for (const { name, type } of record.fields) {
    const why = whyNever(type);
    if (why !== null) return { name, why };
    const within = type.kind === 'record' ? wrongField(type, seen) : null;
    if (within !== null) return { name: `${name}.${within.name}`, why: within.why };
  }
  return null;
}

function whyNever(type: AvroType): string | null {
  if (type.kind === 'unreadable') return type.why;
  if (type.kind !== 'union') return null;
  const [first = null, ...others] = type.branches.map(whyNever);
  return others.includes(null) ? null : first;
}

/** What each is read as besides itself, since nothing is lost. */
const widened: { readonly [kind: string]: readonly string[] } = {
  int: ['long', 'float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
};

class Resolving {
  /** A record may hold itself: one that is being resolved is known before its fields are. */
  readonly #known = new Map<AvroRecord, Map<AvroRecord, AvroType>>();
  /** Wherever it stands: no message can mend what the declared schema says. */
  wrongDefault: string | null = null;

  record(writer: AvroRecord, reader: AvroRecord): AvroType {
    const known = this.#known.get(writer)?.get(reader);
    if (known !== undefined) return known;
    const fields: AvroField[] = [];
    const matches = matchesOf(writer, reader);
    const written = new Set(matches.values());
    const added = reader.fields.filter((field) => !written.has(field));
    const lacking = added.find(({ usual }) => usual === undefined);
    const untyped = added.find(({ type, usual }) => usual !== undefined && !isDefaultOf(type, usual));
    if (untyped !== undefined)
      this.wrongDefault ??= `it has no field "${untyped.name}", whose default is no ${sayType(untyped.type)}`;
    const type: AvroType =
      lacking === undefined
        ? { kind: 'record', name: reader.name, aliases: reader.aliases, fields, added }
        : { kind: 'unreadable', why: `it has no field "${lacking.name}", which has no default` };
    this.#known.set(writer, (this.#known.get(writer) ?? new Map<AvroRecord, AvroType>()).set(reader, type));
    for (const field of writer.fields) {
      const match = matches.get(field);
      fields.push(
        match === undefined ? { ...field, isLeftOut: true } : { ...match, type: this.#type(field.type, match.type) },
      );
    }
    return type;
  }

  #type(writer: AvroType, reader: AvroType): AvroType {
    if (writer.kind === 'union')
      return { kind: 'union', branches: writer.branches.map((branch) => this.#type(branch, reader)) };
    if (reader.kind === 'union') {
      const branch =
        reader.branches.find((one) => isSame(writer, one)) ?? reader.branches.find((one) => isWider(writer, one));
      return branch === undefined ? unreadable(writer, reader) : this.#type(writer, branch);
    }
    if (!isSame(writer, reader) && !isWider(writer, reader)) return unreadable(writer, reader);
    if (!meansTheSame(logicalOf(writer), logicalOf(reader))) return otherMeaning(writer, reader);
    if (writer.kind === 'record' && reader.kind === 'record') return this.record(writer, reader);
    if ((writer.kind === 'array' || writer.kind === 'map') && reader.kind === writer.kind)
      return { kind: writer.kind, items: this.#type(writer.items, reader.items) };
    if (writer.kind === 'enum' && reader.kind === 'enum') {
      const { usual = null, symbols } = reader;
      return { ...reader, symbols: writer.symbols.map((symbol) => (symbols.includes(symbol) ? symbol : usual)) };
    }
    // Written as one of them, and standing for what the other says; a text and bytes are written alike.
    if ((writer.kind === 'int' || writer.kind === 'long') && (reader.kind === 'int' || reader.kind === 'long'))
      return { kind: writer.kind, logical: inItsUnit(writer.logical, reader.logical) };
    if (writer.kind === 'int' || writer.kind === 'long') return { kind: writer.kind, logical: null };
    return writer.kind === 'float' ? writer : reader;
  }
}

/** The declared field of a written one, each once at most: by its own name where that is written, else by an alias. */
function matchesOf(writer: AvroRecord, { fields }: AvroRecord): ReadonlyMap<AvroField, AvroField> {
  const written = new Map(writer.fields.map((field) => [field.name, field]));
  const declared = new Set(fields.map(({ name }) => name));
  const matches = new Map<AvroField, AvroField>();
  for (const field of fields) {
    const aliases = field.aliases.filter((alias) => !declared.has(alias));
    const [match] = [field.name, ...aliases].flatMap((name) => written.get(name) ?? []);
    if (match !== undefined && !matches.has(match)) matches.set(match, field);
  }
  return matches;
}

function logicalOf(type: AvroType): AvroLogical | null {
  return 'logical' in type ? type.logical : null;
}

/** Where both say what their numbers stand for. Read as another one, each would be a wrong number in silence. */
function meansTheSame(writer: AvroLogical | null, reader: AvroLogical | null): boolean {
  if (writer === null || reader === null) return true;
  if (writer.of === 'decimal' && reader.of === 'decimal') return writer.scale === reader.scale;
  return writer.of === reader.of;
}

/** A time is counted in the unit in which it was written. */
function inItsUnit(writer: AvroLogical | null, reader: AvroLogical | null): AvroLogical | null {
  return writer?.of === 'timestamp' && reader?.of === 'timestamp' ? { ...reader, digits: writer.digits } : reader;
}

function isSame(writer: AvroType, reader: AvroType): boolean {
  if (writer.kind === 'fixed' && reader.kind === 'fixed')
    return lastOf(writer.name) === lastOf(reader.name) && writer.bytes === reader.bytes;
  if ((writer.kind === 'record' && reader.kind === 'record') || (writer.kind === 'enum' && reader.kind === 'enum'))
    return [reader.name, ...reader.aliases].some((name) => lastOf(name) === lastOf(writer.name));
  return writer.kind === reader.kind;
}

function isWider(writer: AvroType, reader: AvroType): boolean {
  return widened[writer.kind]?.includes(reader.kind) === true;
}

/** Namespaces do not count. */
function lastOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function unreadable(writer: AvroType, reader: AvroType): AvroType {
  return { kind: 'unreadable', why: `${sayType(writer)} was written where ${sayType(reader)} is declared` };
}

function otherMeaning(writer: AvroType, reader: AvroType): AvroType {
  return {
    kind: 'unreadable',
    why: `${sayLogical(logicalOf(writer))} was written where ${sayLogical(logicalOf(reader))} is declared`,
  };
}

function sayLogical(logical: AvroLogical | null): string {
  return logical?.of === 'decimal' ? `decimal of scale ${logical.scale}` : (logical?.of ?? 'a number');
}

function sayType(type: AvroType): string {
  return 'name' in type ? `${type.kind} ${type.name}` : type.kind;
}
