import type { RepairSpec } from '../../domain/spec/spec.ts';
import { literalOf } from './literal-of.ts';

/**
 * How a definition file declares a repair, in the words of the SDK: `repair.map('status', { ok: 'OK' })`. `use` is told
 * of the word that the file has to import.
 */
export function declareRepair(
  repair: RepairSpec,
  use: (name: string, call: string) => string = (_, call) => call,
): string {
  if (!hasWords(repair)) return literalOf(repair);
  const [word, ...args] = callOf(repair);
  return use('repair', `repair.${word}(${args.map(literalOf).join(', ')})`);
}

/** JavaScript moves members like `2020` to the front, and `__proto__` is none: such a map is declared as plain data. */
function hasWords(repair: RepairSpec): boolean {
  return repair.repair !== 'map' || !repair.values.some(({ from }) => from === '__proto__' || /^\d+$/.test(from));
}

function callOf(repair: RepairSpec): readonly [word: string, ...args: readonly unknown[]] {
  switch (repair.repair) {
    case 'trim':
      return ['trim', repair.column];
    case 'case':
      return ['toCase', repair.column, repair.to];
    case 'cast':
      return [
        'castTo',
        repair.column,
        repair.to,
        ...(repair.decimal === undefined ? [] : [{ decimal: repair.decimal }]),
      ];
    case 'unit':
      return ['unit', repair.column, { from: repair.from, to: repair.to }];
    case 'map':
      return ['map', repair.column, Object.fromEntries(repair.values.map(({ from, to }) => [from, to]))];
    case 'clip':
      return ['clip', repair.column, { min: repair.min, max: repair.max }];
    case 'fill':
      return ['fill', repair.column, { constant: repair.constant }];
    case 'fillLast':
      return ['fill', repair.column, { lastKnownBy: repair.by }];
    case 'dedupe':
      return ['dedupe', { by: repair.by, keep: repair.keep }];
    case 'drop':
      return 'is' in repair.when
        ? ['dropMissing', repair.column]
        : ['dropRows', repair.column, repair.when.op, repair.when.value];
  }
}
