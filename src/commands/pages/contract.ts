import { authorise } from '../../access/principal.ts';
import { recentRuleCounts, type CountedSnapshot } from '../../db/models/recent-rule-counts.ts';
import { readCurrentSpec } from '../../db/models/specs.ts';
import { rulesInWords, type SaidRule } from '../../domain/contract/document/say-rules.ts';
import { ownRowsOf, pinnedOf } from '../../domain/spec/columns/pins.ts';
import type { RowsSpec } from '../../domain/spec/columns/rows-spec.ts';
import type { CommandContext } from '../base/context.ts';

/** Snapshots that "lately" means. */
const snapshotsMax = 20;
/** Columns and rules on the page; the whole is in `perennial contract export`. */
const columnsShown = 200;
const rulesShown = 400;

/** A rule, and how often it was broken lately. */
export interface StruckRule extends SaidRule {
  readonly rows: number;
  /** The newest snapshot in which a row broke it; null where none did. */
  readonly last: Pick<CountedSnapshot, 'digest' | 'createdAt'> | null;
}

export interface ContractShown {
  readonly model: string;
  readonly revision: number;
  readonly spec: RowsSpec;
  readonly columnsShown: number;
  /** Features that come from views, and stand in no row. */
  readonly pinned: number;
  /** Those that struck first, by rows, then the others in the order of the contract. */
  readonly rules: readonly StruckRule[];
  readonly rulesLeft: number;
  /** The snapshots that were looked at, and their rows. */
  readonly snapshots: number;
  readonly rows: number;
}

/** The contract of a model as it stands now, with how often each rule was broken in the newest snapshots. */
export async function contractPage(context: CommandContext, model: string): Promise<ContractShown> {
  authorise(context.principal, 'read', model);
  const { db } = context.database;
  const { spec, revision } = await readCurrentSpec(db, model);
  const counted = await recentRuleCounts(db, model, snapshotsMax);
  const own: RowsSpec = ownRowsOf(spec);
  const struck = struckIn(counted);
  const standing = rulesInWords(own).map((rule) => ({ ...rule, rows: 0, last: null, ...timesOf(struck, rule.id) }));
  // How lines of a file can be read, and what an earlier revision asked, is broken as well.
  const ids = new Set(standing.map(({ id }) => id));
  const rules: readonly StruckRule[] = [...standing, ...[...struck.values()].filter(({ id }) => !ids.has(id))];
  const ordered = [...rules].sort((left, right) => right.rows - left.rows);
  return {
    model,
    revision,
    spec: own,
    columnsShown,
    pinned: pinnedOf(spec).length,
    rules: ordered.slice(0, rulesShown),
    rulesLeft: Math.max(0, ordered.length - rulesShown),
    snapshots: counted.length,
    rows: counted.reduce((sum, { rows, quarantinedRows }) => sum + rows + quarantinedRows, 0),
  };
}

/** Each rule that was broken, as the newest snapshot says it. */
function struckIn(counted: readonly CountedSnapshot[]): ReadonlyMap<string, StruckRule> {
  const struck = new Map<string, StruckRule>();
  for (const { digest, createdAt, ruleCounts } of counted)
    for (const { ruleId: id, severity, about, rows } of ruleCounts) {
      const found = struck.get(id) ?? { id, severity, about, rows: 0, last: { digest, createdAt } };
      struck.set(id, { ...found, rows: found.rows + rows });
    }
  return struck;
}

function timesOf(struck: ReadonlyMap<string, StruckRule>, id: string): Partial<Pick<StruckRule, 'rows' | 'last'>> {
  const found = struck.get(id);
  return found === undefined ? {} : { rows: found.rows, last: found.last };
}
