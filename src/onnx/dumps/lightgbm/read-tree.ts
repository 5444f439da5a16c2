import { parseWhole } from '../../../domain/words/whole-number.ts';
import { refusedFile } from '../../file/refused-file.ts';
import type { DumpNode } from '../dump.ts';
import { codeMax, type DumpBudget } from '../dump-limits.ts';
import { zeroMax } from '../float-cuts.ts';
import {
  brokenDump,
  countIn,
  countOf,
  flagOf,
  memberOf,
  numberIn,
  objectIn,
  shown,
  textIn,
  type JsonObject,
} from '../read-json.ts';

/** The float64 next below -zeroMax. */
const belowZeroes = -(zeroMax + 2 ** -169);

/** How the trees of one dump are read. */
export interface TreeReading {
  readonly features: number;
  /** By which each leaf is multiplied. */
  readonly weight: number;
  readonly budget: DumpBudget;
}

/**
 * A node of `tree_structure` and what hangs below it, by `NumericalDecision` and `CategoricalDecision` of LightGBM 4
 * (include/LightGBM/tree.h). `where` names its tree.
 */
export function readNode(node: JsonObject, reading: TreeReading, where: string, depth = 1): DumpNode {
  if (memberOf(node, 'split_feature') === undefined) return { leaf: leafOf(node, where) * reading.weight };
  reading.budget.split(depth);
  const feature = countIn(node, 'split_feature', where, 0, reading.features - 1);
  const decision = textIn(node, 'decision_type', where);
  const below = (name: string): DumpNode => readNode(objectIn(node, name, where), reading, where, depth + 1);
  if (decision === '==') {
    const members = membersOf(textIn(node, 'threshold', where), where);
    reading.budget.members(members.length);
    // A missing category is in no set of LightGBM 4.
    return { feature, members, isMissingMember: false, left: below('left_child'), right: below('right_child') };
  }
  if (decision !== '<=') throw brokenDump(`${where} decides by ${shown(decision)}, neither "<=" nor "=="`);
  const cut = besideZero(numberIn(node, 'threshold', where));
  const missing = missingOf(node, cut, where);
  return { feature, cut, ...missing, left: below('left_child'), right: below('right_child') };
}

/** What is as near to 0 as `zeroMax` is taken as 0, whatever the cut is: it goes to the side of 0. */
function besideZero(cut: number): number {
  if (Math.abs(cut) > zeroMax) return cut;
  return cut < 0 ? belowZeroes : zeroMax;
}

function leafOf(node: JsonObject, where: string): number {
  if (memberOf(node, 'leaf_const') !== undefined || memberOf(node, 'leaf_coeff') !== undefined)
    throw refusedFile('has a linear model in each leaf (linear_tree)', 'Train with linear_tree=False.');
  return numberIn(node, 'leaf_value', where);
}

function membersOf(text: string, where: string): readonly number[] {
  return text.split('||').map((code) => countOf(parseWhole(code), `a category of ${where}`, 0, codeMax));
}

/** Where a row goes that lacks the value; `None` takes it as 0. */
function missingOf(
  node: JsonObject,
  cut: number,
  where: string,
): { readonly isMissingLeft: boolean; readonly isZeroMissing: boolean } {
  const type = textIn(node, 'missing_type', where);
  if (type === 'None') return { isMissingLeft: cut >= 0, isZeroMissing: false };
  if (type !== 'NaN' && type !== 'Zero') throw brokenDump(`${where} has the missing_type ${shown(type)}`);
  const isMissingLeft = flagOf(memberOf(node, 'default_left'), `"default_left" of ${where}`);
  return { isMissingLeft, isZeroMissing: type === 'Zero' };
}
