import type { Json } from '../../words/canonical.ts';
import type { AvroLogical, AvroType } from './avro-schema.ts';

/** Types and values that are looked at: a default of a record that holds itself would have no end. */
const looksMax = 10_000;
const depthMax = 64;

/** Whether a value of JSON, as a schema has it for a default, is one of its type. */
export function isDefaultOf(type: AvroType, usual: Json | undefined): boolean {
  return isWithin(type, usual, { left: looksMax }, 0);
}

function isWithin(type: AvroType, usual: Json | undefined, looks: { left: number }, depth: number): boolean {
  if (depth > depthMax || --looks.left < 0) return false;
  const isOf = (inner: AvroType, item: Json | undefined): boolean => isWithin(inner, item, looks, depth + 1);
  switch (type.kind) {
    case 'null':
      return usual === null;
    case 'int':
      return typeof usual === 'number' && Number.isInteger(usual) && usual >= -(2 ** 31) && usual < 2 ** 31;
    case 'long':
      // What is beyond was rounded when the schema was read.
      return Number.isSafeInteger(usual);
    case 'float':
    case 'double':
      return typeof usual === 'number';
    case 'string':
      return typeof usual === 'string';
    case 'enum':
      return typeof usual === 'string' && type.symbols.includes(usual);
    case 'bytes':
      return isBytes(usual, type);
    case 'fixed':
      return isBytes(usual, type) && usual.length === type.bytes;
    case 'union':
      return type.branches.some((branch) => isOf(branch, usual));
    case 'array':
      return Array.isArray(usual) && usual.every((item) => isOf(type.items, item));
    case 'map':
      return isMembers(usual) && Object.values(usual).every((item) => isOf(type.items, item));
    case 'record':
      return (
        isMembers(usual) &&
        type.fields.every((field) =>
          isOf(field.type, Object.hasOwn(usual, field.name) ? usual[field.name] : field.usual),
        )
      );
    case 'unreadable':
      return false;
    default:
      // Only a boolean is left.
      return typeof usual === 'boolean';
  }
}

/** Avro writes each byte of a default as one character. A decimal has at least one: nothing is no number. */
function isBytes(usual: Json | undefined, { logical }: { readonly logical: AvroLogical | null }): usual is string {
  return typeof usual === 'string' && /^[\0-\xff]*$/.test(usual) && (usual !== '' || logical?.of !== 'decimal');
}

function isMembers(usual: Json | undefined): usual is { readonly [name: string]: Json } {
  return typeof usual === 'object' && usual !== null && !Array.isArray(usual);
}
