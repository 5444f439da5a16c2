import type { AvroField, AvroRecord, AvroType } from './avro-schema.ts';

/**
 * How messages of the schema `writer` are read as rows of the schema `reader`, by the rules of Avro: fields by name or
 * alias, those that are not written by their default, numbers that are widened. What can never be read is a type
 * `unreadable`: alone, or within a union or a list, where it may not occur.
 */
export function resolveAvro(writer: AvroRecord, reader: AvroRecord): AvroRecord | { readonly problem: string } {
  const found = new Resolving().record(writer, reader);
  if (found.kind !== 'record') return { problem: found.kind === 'unreadable' ? found.why : 'is no record' };
  const wrong = found.fields.find(({ type }) => type.kind === 'unreadable');
  if (wrong?.type.kind !== 'unreadable') return found;
  return { problem: `has a field "${wrong.name}" that cannot be read as declared: ${wrong.type.why}` };
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

  record(writer: AvroRecord, reader: AvroRecord): AvroType {
    const known = this.#known.get(writer)?.get(reader);
    if (known !== undefined) return known;
    const fields: AvroField[] = [];
    const written = new Set<AvroField>();
    const matches = writer.fields.map((field) => [field, matchOf(field, writer, reader)] as const);
    for (const [, match] of matches) if (match !== undefined) written.add(match);
    const added = reader.fields.filter((field) => !written.has(field));
    const lacking = added.find(({ usual }) => usual === undefined);
    const type: AvroType =
      lacking === undefined
        ? { kind: 'record', name: reader.name, aliases: reader.aliases, fields, added }
        : { kind: 'unreadable', why: `it has no field "${lacking.name}", which has no default` };
    this.#known.set(writer, (this.#known.get(writer) ?? new Map<AvroRecord, AvroType>()).set(reader, type));
    for (const [field, match] of matches)
      fields.push(
        match === undefined ? { ...field, isLeftOut: true } : { ...match, type: this.#type(field.type, match.type) },
      );
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
    if (writer.kind === 'record' && reader.kind === 'record') return this.record(writer, reader);
    if ((writer.kind === 'array' || writer.kind === 'map') && reader.kind === writer.kind)
      return { kind: writer.kind, items: this.#type(writer.items, reader.items) };
    if (writer.kind === 'enum' && reader.kind === 'enum') {
      const { usual = null, symbols } = reader;
      return { ...reader, symbols: writer.symbols.map((symbol) => (symbols.includes(symbol) ? symbol : usual)) };
    }
    // Written as one of them, and standing for what the other says; a text and bytes are written alike.
    if ((writer.kind === 'int' || writer.kind === 'long') && (reader.kind === 'int' || reader.kind === 'long'))
      return { kind: writer.kind, logical: reader.logical };
    if (writer.kind === 'int' || writer.kind === 'long') return { kind: writer.kind, logical: null };
    return writer.kind === 'float' ? writer : reader;
  }
}

/** A field that was written under its own name is not looked for under another: one of two would overwrite it. */
function matchOf({ name }: AvroField, writer: AvroRecord, { fields }: AvroRecord): AvroField | undefined {
  const isWritten = (field: AvroField): boolean => writer.fields.some((one) => one.name === field.name);
  return (
    fields.find((field) => field.name === name) ??
    fields.find((field) => field.aliases.includes(name) && !isWritten(field))
  );
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

function sayType(type: AvroType): string {
  return 'name' in type ? `${type.kind} ${type.name}` : type.kind;
}
