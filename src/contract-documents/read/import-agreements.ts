import { ruleIdOf } from '../../domain/contract/rule-id.ts';
import { describing } from './describing.ts';
import type { FoundRules } from './found-rules.ts';
import type { Reader } from './reader.ts';
import { timeUnits } from '../terms/terms.ts';

/** The age that the newest value of a column may have, by column; agreements of other kinds are told. */
export function readAgreements(
  root: Reader,
  object: { readonly name: string; readonly columns: readonly string[] },
): ReadonlyMap<string, { readonly ageMsMax: number; readonly reader: Reader }> {
  const ages = new Map<string, { readonly ageMsMax: number; readonly reader: Reader }>();
  const columns = new Set(object.columns);
  const usual = root.takeText('slaDefaultElement');
  for (const agreement of root.takeList('slaProperties')) {
    const property = agreement.takeText('property');
    if (property === null || !/^(?:latency|ly|freshness)$/i.test(property)) {
      agreement.note(`${JSON.stringify(property)} asks nothing of rows: left out`);
      continue;
    }
    const column = columnOf(agreement.takeText('element') ?? usual, object.name, columns);
    const ageMsMax = ageOf(agreement.take('value'), agreement.takeText('unit'));
    if (column === null || ageMsMax === null || ages.has(column))
      agreement.note(column === null ? 'names no column of this object' : 'is no age that a column can have once', {
        isUnchecked: true,
      });
    else ages.set(column, { ageMsMax, reader: agreement });
    agreement.leaveRest(describing.agreement);
  }
  return ages;
}

/** `orders.placed_at`, or the column alone. */
function columnOf(element: string | null, object: string, columns: ReadonlySet<string>): string | null {
  if (element === null || columns.has(element)) return element;
  const name = element.startsWith(`${object}.`) ? element.slice(object.length + 1) : null;
  return name !== null && columns.has(name) ? name : null;
}

function ageOf(value: unknown, unit: string | null): number | null {
  const known = timeUnits.find(({ words }) => words.some((word) => word === unit?.toLowerCase()));
  if (known === undefined || typeof value !== 'number') return null;
  const ms = value * known.ms;
  return Number.isSafeInteger(ms) && ms > 0 ? ms : null;
}

/** Adds a rule for each age that no rule of ours refers to. */
export function addFreshness(
  ages: ReturnType<typeof readAgreements>,
  referredTo: ReadonlySet<string>,
  rules: FoundRules,
): void {
  for (const [column, { ageMsMax, reader }] of ages) {
    if (referredTo.has(column)) continue;
    reader.note('has no severity: taken as warn');
    const id = ruleIdOf('fresh', column);
    rules.add({ rule: 'freshness', id, column, ageMsMax, severity: 'warn' }, reader);
  }
}
