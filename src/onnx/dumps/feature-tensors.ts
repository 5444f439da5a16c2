import { isText } from '../../domain/features/kind-of.ts';
import type { Signature } from '../../domain/spec/signature.ts';
import { refusedFile } from '../file/refused-file.ts';
import type { StartedGraph } from '../graphs/preprocessing-graph.ts';
import { elementTypes } from '../graphs/wire.ts';
import type { Dump, DumpFeature } from './dump.ts';
import { zeroMax } from './float-cuts.ts';
import { unknownFeature, type Place } from './match-features.ts';
import { shown } from './read-json.ts';

/** How a split sees a feature. */
export type Form =
  | 'plain'
  /** Zero is missing. */
  | 'nonzero'
  /** 0 for what no split can name, `missingCode` for missing and unseen, else the code of the dump + `codeOffset`. */
  | 'code';

export const missingCode = 1;
export const codeOffset = 2;

/** The columns that the trees read, each written into the graph when the first of them asks. */
export class FeatureTensors {
  readonly #started: StartedGraph;
  readonly #dump: Dump;
  readonly #places: readonly (Place | null)[];
  readonly #signature: Signature;
  readonly #indices = new Map<string, number>();
  readonly #tensors: string[] = [];

  constructor(started: StartedGraph, dump: Dump, places: readonly (Place | null)[], signature: Signature) {
    this.#started = started;
    this.#dump = dump;
    this.#places = places;
    this.#signature = signature;
  }

  /** `[N, 1]` each, in the precision of the dump. */
  get tensors(): readonly string[] {
    return this.#tensors;
  }

  /** The column of a feature in that form. Throws `unsupported` for a feature that has none. */
  indexOf(feature: number, form: Form): number {
    const key = `${feature} ${form}`;
    const known = this.#indices.get(key);
    if (known !== undefined) return known;
    const index = this.#tensors.push(this.#write(feature, form)) - 1;
    this.#indices.set(key, index);
    return index;
  }

  /** Refuses a set with a code that the words of its feature do not reach. */
  checkMembers(feature: number, members: readonly number[]): void {
    const words = this.#dump.features[feature]?.words ?? null;
    const place = this.#places[feature] ?? null;
    if (words === null || place === null || !isText(place)) return;
    const beyond = members.find((code) => code >= words.length);
    if (beyond !== undefined)
      throw refusedFile(
        `splits ${shown(place.name)} by the category ${beyond}, and has ${words.length} words for it`,
        'Write it again, with the categories that it was trained on.',
      );
  }

  #write(at: number, form: Form): string {
    const feature = this.#dump.features[at];
    if (feature === undefined) throw new RangeError(`the dump has no feature ${at}`);
    const place = this.#places[at] ?? null;
    if (place === null) throw unknownFeature(feature, this.#signature);
    const source = this.#started.tensorOf(place.name);
    if (isText(place)) return this.#cast(this.#codesOfWords(source, wordsFor(feature, place, form)));
    if (form === 'code') checkNumbers(feature, place);
    const number = this.#cast(source);
    return form === 'plain' ? number : form === 'code' ? this.#codesOfNumbers(number) : this.#withoutZeros(number);
  }

  #cast(tensor: string): string {
    return this.#started.graph.node('Cast', [tensor], { to: { int: elementTypes[this.#dump.precision] } });
  }

  #constant(value: number): string {
    return this.#started.graph.constant({ type: this.#dump.precision, dims: [1], values: [value] });
  }

  /** The empty text is missing. */
  #codesOfWords(source: string, words: readonly string[]): string {
    const coded = words.map((word, code) => [word, code + codeOffset] as const).filter(([word]) => word !== '');
    return this.#started.graph.mlNode('LabelEncoder', [source], {
      keys_strings: { texts: ['', ...coded.map(([word]) => word)] },
      values_floats: { floats: [missingCode, ...coded.map(([, code]) => code)] },
      default_float: { float: missingCode },
    });
  }

  /** Both libraries cut the fraction off; what is below zero is in no set. */
  #codesOfNumbers(source: string): string {
    const { graph } = this.#started;
    const code = graph.node('Add', [graph.node('Floor', [source]), this.#constant(codeOffset)]);
    const missing = this.#constant(missingCode);
    const otherwise = graph.node('Where', [graph.node('IsNaN', [source]), missing, this.#constant(0)]);
    return graph.node('Where', [graph.node('GreaterOrEqual', [source, this.#constant(0)]), code, otherwise]);
  }

  #withoutZeros(source: string): string {
    const { graph } = this.#started;
    const isZero = graph.node('LessOrEqual', [graph.node('Abs', [source]), this.#constant(zeroMax)]);
    return graph.node('Where', [isZero, this.#constant(Number.NaN), source]);
  }
}

/** A number or truth value stands for its own code, unless the words of the codes are others. */
function checkNumbers({ words }: DumpFeature, { name }: Place): void {
  if (words === null || words.every((word, code) => word === String(code) || word === ['false', 'true'][code])) return;
  throw refusedFile(
    `takes the number ${shown(name)} as a category with codes of its own`,
    'Declare it as a category, or train on it as a number.',
  );
}

/** Of a feature that is text: trees can only ask which word it is. */
function wordsFor({ words }: DumpFeature, { name }: Place, form: Form): readonly string[] {
  if (form !== 'code')
    throw refusedFile(
      `splits ${shown(name)} by order, and it is a category`,
      'Train on it as a category: column.astype("category"), in XGBoost with enable_categorical=True.',
    );
  if (words !== null) return words;
  throw refusedFile(
    `splits ${shown(name)} by codes, and does not say of which words`,
    'Train on a data frame whose column is a category, with LightGBM 4 or XGBoost 3.1 or later.',
  );
}
