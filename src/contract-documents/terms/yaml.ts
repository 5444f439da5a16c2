import { Document, isScalar, parseDocument, visit, type ScalarTag } from 'yaml';
import { PerennialError } from '../../domain/words/errors.ts';

/** Larger documents are refused before they are read; one of 2,000 columns has about 1 MiB. */
const charsMax = 8 * 1024 * 1024;
/** A document of the standard has 8 levels; arguments of checks of others may have more. */
const depthMax = 40;
/** How often names of other parts (`*part`) may be used in all: each could stand for many more. */
const aliasesMax = 1_000;
/** Values of a document once all names of other parts are written out. */
const valuesMax = 1_000_000;

/**
 * A YAML or JSON text as plain values. Hostile texts are refused with one sentence: too large, too deep, parts that
 * hold themselves, or that are named so often that they would fill the memory.
 */
export function readYaml(text: string): unknown {
  refuseLarge(text);
  if (depthOf(text) > depthMax) throw refused(`it is nested deeper than ${depthMax} levels`);
  let value: unknown;
  try {
    // The library would hold each name of a mapping against all before it: hours for a text of this size.
    const document = parseDocument(text, { merge: true, uniqueKeys: false, logLevel: 'silent', prettyErrors: true });
    const [error] = document.errors;
    if (error !== undefined) {
      const line = error.linePos?.[0].line;
      throw refused(`it is no YAML${line === undefined ? '' : `, from line ${line} on`}`);
    }
    refuseTwice(document);
    value = document.toJS({ maxAliasCount: aliasesMax });
  } catch (error) {
    if (error instanceof PerennialError) throw error;
    // Of aliases, and of whatever the library cannot go on with: its own sentence may quote what it read.
    throw refused('a part of it cannot be read: it names other parts too often, or itself');
  }
  refuseEndless(value, 0, { left: valuesMax });
  return value;
}

/** A JSON text as plain values, within the same bounds. Throws SyntaxError for what is no JSON. */
export function readJson(text: string): unknown {
  refuseLarge(text);
  const value: unknown = JSON.parse(text);
  refuseEndless(value, 0, { left: valuesMax });
  return value;
}

function refuseLarge(text: string): void {
  if (text.length > charsMax) throw refused(`it is larger than ${charsMax / 1024 / 1024} MiB`);
}

/** Of two members of one name the first would be dropped in silence. */
function refuseTwice(document: Document): void {
  visit(document, {
    Map(_, { items }) {
      const names = new Set<string>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (names.has(name)) throw refused('a mapping has two members of one name');
        names.add(name);
      }
    },
  });
}

/**
 * How deep flow collections and indents go, counted before anything is built: the parser calls itself for each level.
 * Brackets in texts may count as well. A quote that nothing closes is passed over once: looked at again from each quote
 * inside of it, a long line would take hours.
 */
function depthOf(text: string): number {
  let deepest = 0;
  let open = 0;
  for (const [token] of text.matchAll(/[[\]{}]|"(?:\\[\s\S]|[^"\\\n])*"?|'[^'\n]*'/g)) {
    if (token === '[' || token === '{') deepest = Math.max(deepest, ++open);
    else if (token === ']' || token === '}') open = Math.max(0, open - 1);
  }
  // `- - - -` opens a level each, and so does each deeper indent.
  for (const [dashes] of text.matchAll(/(?:^|\n)[ ]*(?:[-?:] +){3,}/g)) deepest = Math.max(deepest, dashes.length / 4);
  return deepest;
}

/** A part that holds itself is deeper than any. */
function refuseEndless(value: unknown, depth: number, count: { left: number }): void {
  if (depth > depthMax) throw refused(`it is nested deeper than ${depthMax} levels, or holds itself`);
  if (--count.left < 0) throw refused(`it has more than ${valuesMax} values`);
  if (typeof value !== 'object' || value === null) return;
  for (const member of Object.values(value)) refuseEndless(member, depth + 1, count);
}

function refused(why: string): PerennialError {
  return new PerennialError('invalid_data', `The document cannot be read: ${why}.`, {
    hint: 'Check it with a YAML parser, and write it without anchors.',
  });
}

/**
 * Plain values as YAML that readers of version 1.1 and 1.2 read alike: `no` and `1e-7` are a truth and a text to one of
 * them unless they are written with care.
 */
export function writeYaml(value: object): string {
  const document = new Document(value, { aliasDuplicateObjects: false, customTags: (tags) => [cautious, ...tags] });
  return document.toString({ lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' });
}

/** Version 1.1 wants a point in a number with an exponent. */
const cautious: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  identify: (value) => typeof value === 'number',
  // Nothing is read with it.
  test: /^(?!)/,
  resolve: (text) => text,
  stringify: ({ value }) => JSON.stringify(value).replace(/^(-?\d+)e/, '$1.0e'),
};
