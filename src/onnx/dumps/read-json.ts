import { cut, printable } from '../../domain/words/cut.ts';
import type { PerennialError } from '../../domain/words/errors.ts';
import { parseWhole } from '../../domain/words/whole-number.ts';
import { refusedFile } from '../file/refused-file.ts';
import { dumpBytesMax } from './dump-limits.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

const again =
  'Write it again with what trained it: json.dump(booster.dump_model(), file) for LightGBM, ' +
  'booster.save_model("model.xgboost.json") for XGBoost.';

/** A dump that does not hold what it must; `what` says which part, and how. */
export function brokenDump(what: string): PerennialError {
  return refusedFile(`is a broken dump: ${what}`, again);
}

/** The object that the text is. Throws `unsupported` for another text, and for one that is too long. */
export function parseDump(text: string): JsonObject {
  if (text.length > dumpBytesMax)
    throw refusedFile(`is a dump of more than ${dumpBytesMax / 1024 ** 2} MiB`, 'Train fewer, smaller trees.');
  if (text.slice(0, 16).includes('\0'))
    throw refusedFile(
      'is in a binary form, such as UBJSON',
      'Save it as JSON: booster.save_model("model.xgboost.json").',
    );
  const value = valueOf(text) ?? (/NaN|Infinity/.test(text) ? valueOf(withoutNaN(text)) : undefined);
  if (isObject(value)) return value;
  throw brokenDump('it is no JSON object');
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Both libraries write numbers that JSON has not, where nothing is read: XGBoost does in each split by categories. Each
 * character is passed once: a pattern for texts tries again from every quote of a file that is cut off.
 */
function withoutNaN(text: string): string {
  const parts: string[] = [];
  for (let at = 0; at < text.length;) {
    const quote = text.indexOf('"', at);
    const begin = quote < 0 ? text.length : quote;
    const end = endOfText(text, begin);
    parts.push(text.slice(at, begin).replaceAll(/-?\b(?:NaN|Infinity)\b/g, 'null'), text.slice(begin, end));
    at = end;
  }
  return parts.join('');
}

/** The place behind the quote that ends the text which begins at `begin`. */
function endOfText(text: string, begin: number): number {
  let at = begin + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return Math.min(at + 1, text.length);
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member that the object has itself; undefined without. */
export function memberOf(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** `where` begins the sentence of what is wrong. */
export function objectIn(object: JsonObject, name: string, where: string): JsonObject {
  const value = memberOf(object, name);
  if (isObject(value)) return value;
  throw brokenDump(`${where} has no object "${name}"`);
}

export function listIn(object: JsonObject, name: string, where: string): readonly unknown[] {
  const value = memberOf(object, name);
  if (Array.isArray(value)) return value;
  throw brokenDump(`${where} has no list "${name}"`);
}

export function textIn(object: JsonObject, name: string, where: string): string {
  const value = memberOf(object, name);
  if (typeof value === 'string') return value;
  throw brokenDump(`${where} has no text "${name}"`);
}

export function numberIn(object: JsonObject, name: string, where: string): number {
  return numberOf(memberOf(object, name), `"${name}" of ${where}`);
}

/** A finite number. */
export function numberOf(value: unknown, what: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw brokenDump(`${what} is no number`);
}

/** A whole number from `min` to `max`, which may be written as text. */
export function countIn(object: JsonObject, name: string, where: string, min: number, max: number): number {
  const value = memberOf(object, name);
  return countOf(typeof value === 'string' ? parseWhole(value) : value, `"${name}" of ${where}`, min, max);
}

export function countOf(value: unknown, what: string, min: number, max: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw brokenDump(`${what} is no whole number from ${min} to ${max}`);
}

/** Truth values are written as such, or as 0 and 1. */
export function flagOf(value: unknown, what: string): boolean {
  if (typeof value === 'boolean') return value;
  return countOf(value, what, 0, 1) === 1;
}

/** A text of the file as a sentence shows it. */
export function shown(text: string): string {
  return `"${cut(printable(text), 80)}"`;
}
