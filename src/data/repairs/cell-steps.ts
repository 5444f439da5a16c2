import type { CellRole } from '../../domain/cells/cell-role.ts';
import type { CastType } from '../../domain/spec/closed-sets.ts';
import { exactMax } from '../../domain/cells/read-number.ts';
import { amountPatterns, offWords, onWords, ornamentPattern } from '../../domain/repairs/cast-cell.ts';
import { numberText } from '../../domain/repairs/number-text.ts';
import { conversionOf } from '../../domain/repairs/units.ts';
import { whiteSpace } from '../../domain/repairs/white-space.ts';
import type { CastRepair, CellRepair, ClipRepair, MapRepair, UnitRepair } from '../../domain/spec/parts/repair-spec.ts';
import { isOneOf, literal, numeric } from '../duck/sql.ts';
import { booleanOf } from '../read/cells/cells.ts';
import { numberOf } from '../read/cells/numbers.ts';

/**
 * A repair of a cell in steps, each an expression over the columns of the steps before it: what is computed once is
 * named once. `made` is the new text; the same text as before where there is nothing to do.
 */
export interface CellSteps {
  /** Over `text`; it is called `value` in the next steps. */
  readonly value?: string;
  /** Over `value`; it is called `computed` in the last one. */
  readonly computed?: string;
  readonly made: string;
}

/** Names of columns that hold the text before, and what the steps make of it. */
export interface StepNames {
  readonly text: string;
  readonly value: string;
  readonly computed: string;
}

export function cellSteps(repair: CellRepair, role: CellRole, names: StepNames): CellSteps {
  const { text } = names;
  switch (repair.repair) {
    case 'trim':
      return { made: `trim(${text}, ${literal(whiteSpace)})` };
    case 'case':
      return { made: repair.to === 'upper' ? `upper(${text})` : `lower(${text})` };
    case 'cast':
      return casts[repair.to](repair, role, names);
    case 'unit':
      return unitSteps(repair, names);
    case 'map':
      return { made: mapSql(repair, text) };
    case 'clip':
      return clipSteps(repair, names);
    case 'fill':
      return { made: `coalesce(${text}, ${literal(String(repair.constant))})` };
  }
}

const casts: Record<CastType, (repair: CastRepair, role: CellRole, names: StepNames) => CellSteps> = {
  number: ({ decimal = '.' }, _, { text, value }) => {
    const isAmount = `regexp_full_match(${value}, ${literal(amountPatterns[decimal])})`;
    const plain = decimal === '.' ? `replace(${value}, ',', '')` : `replace(replace(${value}, '.', ''), ',', '.')`;
    const bare = decimal === '.' ? `WHEN ${numberOf(value)} IS NOT NULL THEN ${value} ` : '';
    return {
      value: `regexp_replace(${text}, ${literal(ornamentPattern)}, '', 'g')`,
      made: `CASE WHEN ${isAmount} THEN ${plain} ${bare}ELSE ${text} END`,
    };
  },
  integer: (_, role, names) => wholes[role](names),
  boolean: (_, __, { text, value }) => ({
    value: numberOf(text),
    made:
      `CASE WHEN ${booleanOf(text)} IS NOT NULL THEN ${text} ` +
      `WHEN ${isOneOf(`lower(${text})`, onWords)} THEN 'true' ` +
      `WHEN ${isOneOf(`lower(${text})`, offWords)} THEN 'false' WHEN ${value} <> 0 THEN 'true' WHEN ${value} = 0 ` +
      `THEN 'false' ELSE ${text} END`,
  }),
};

function wholeNumber({ text, value, computed }: StepNames): CellSteps {
  return {
    value: numberOf(text),
    // Of halves the engine takes the one away from zero.
    computed: `round(${value})`,
    made: `CASE WHEN ${value} IS NULL OR ${computed} = ${value} THEN ${text} ELSE ${numberTextSql(computed)} END`,
  };
}

function wholeText({ text, value }: StepNames): CellSteps {
  const isOther = `${value} IS NULL OR abs(${value}) >= ${exactMax} OR trunc(${value}) <> ${value}`;
  const whole = `CAST(TRY_CAST(${value} AS BIGINT) AS VARCHAR)`;
  return { value: numberOf(text), made: `CASE WHEN ${isOther} THEN ${text} ELSE ${whole} END` };
}

const wholes: Record<CellRole, (names: StepNames) => CellSteps> = {
  number: wholeNumber,
  category: wholeText,
  boolean: wholeText,
  time: wholeText,
  label: wholeText,
  key: wholeText,
};

function unitSteps({ from, to }: UnitRepair, { text, value, computed }: StepNames): CellSteps {
  const conversion = conversionOf(from, to);
  if (conversion === null) throw new TypeError(`no number of ${from} is one of ${to}`);
  const { before, times, per, after } = conversion;
  return {
    value: numberOf(text),
    computed: `((${value} - ${numeric(before)}) * ${numeric(times)}) / ${numeric(per)} + ${numeric(after)}`,
    made: `CASE WHEN ${value} IS NULL THEN ${text} ELSE coalesce(${numberTextSql(computed)}, ${text}) END`,
  };
}

function clipSteps({ min, max }: ClipRepair, { text, value }: StepNames): CellSteps {
  const beyond = [
    ...(min === undefined ? [] : [`WHEN ${value} < ${numeric(min)} THEN ${literal(numberText(min) ?? '')}`]),
    ...(max === undefined ? [] : [`WHEN ${value} > ${numeric(max)} THEN ${literal(numberText(max) ?? '')}`]),
  ];
  return { value: numberOf(text), made: `CASE ${beyond.join(' ')} ELSE ${text} END` };
}

function mapSql({ values }: MapRepair, text: string): string {
  const from = `[${values.map((one) => literal(one.from)).join(', ')}]`;
  const to = `[${values.map((one) => (one.to === null ? 'CAST(NULL AS VARCHAR)' : literal(one.to))).join(', ')}]`;
  return `CASE WHEN list_contains(${from}, ${text}) THEN (${to})[list_position(${from}, ${text})] ELSE ${text} END`;
}

/** As `numberText` writes it, but for the form of an exponent: the same number, and as little a whole one. */
function numberTextSql(value: string): string {
  return (
    `CASE WHEN NOT isfinite(${value}) THEN NULL WHEN ${value} = 0 THEN '0' WHEN abs(${value}) < ${exactMax} THEN ` +
    `regexp_replace(CAST(${value} AS VARCHAR), '\\.0$', '') ELSE CAST(${value} AS VARCHAR) END`
  );
}
