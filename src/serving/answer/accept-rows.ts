import { ownRowsOf } from '../../domain/spec/columns/pins.ts';
import { compileReferenceKeys } from '../../domain/contract/reference-keys.ts';
import { compileRepairedCheck } from '../../domain/contract/repair-row.ts';
import type { RowsSpec } from '../../domain/spec/columns/rows-spec.ts';
import { takesPushedRows } from '../../domain/spec/source-spec.ts';
import { rowsOfView } from '../../domain/view/rows-of-view.ts';
import { cut } from '../../domain/words/cut.ts';
import { charsMax } from '../../domain/words/limits.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { authorise } from '../edge/authorise.ts';
import type { Call } from '../edge/call.ts';
import { findModel } from '../edge/find-model.ts';
import type { Serving } from '../serving.ts';
import { takeRows, type RowsAsked, type RowsOwner, type RowsTaken } from './take-rows.ts';

/** Takes rows in that a model is to learn from; see `takeRows`. */
export async function acceptRows(
  serving: Serving,
  call: Call,
  asked: RowsAsked & { readonly model: string },
): Promise<RowsTaken & { readonly model: string }> {
  const { latestSpec, entry } = await findModel(serving, call, asked.model, 'rows:write');
  const { model, specRevision } = entry;
  if (!takesPushedRows(latestSpec.source))
    throw new PerennialError('unsupported', `${model} takes no pushed rows: its source is of another kind.`, {
      path: 'model',
      hint: 'Declare `source: push()`, or a union with one.',
    });
  const owner = { name: model, specRevision, ...checksOf(latestSpec, ownRowsOf) };
  return { model, ...(await takeRows(serving, call, owner, asked)) };
}

/** Takes rows of a feature view in: what models learn from, and what the view says online; see `takeRows`. */
export async function acceptViewRows(
  serving: Serving,
  call: Call,
  asked: RowsAsked & { readonly view: string },
): Promise<RowsTaken & { readonly view: string }> {
  const { view: name } = asked;
  await authorise(serving.tokens, call, { permission: 'rows:write', model: name });
  const found = await serving.pushes?.currentView(name);
  if (found == null)
    throw new PerennialError('not_found', `No feature view is named "${cut(name, charsMax.value)}".`, {
      path: 'view',
      hint: 'Apply its definition first.',
    });
  const { spec, revision: specRevision } = found;
  if (!takesPushedRows(spec.source))
    throw new PerennialError('unsupported', `View ${name} takes no pushed rows: its source is of another kind.`, {
      path: 'view',
      hint: 'Declare `source: push()`, or a union with one.',
    });
  const owner = { name, specRevision, ...checksOf(spec, rowsOfView) };
  return { view: name, ...(await takeRows(serving, call, owner, asked)) };
}

type Checks = Pick<RowsOwner, 'check' | 'references'>;

const compiled = new WeakMap<object, Checks>();

/** Compiled once per revision, which this process holds as one object. */
function checksOf<Spec extends object>(spec: Spec, rowsOf: (spec: Spec) => RowsSpec): Checks {
  const known = compiled.get(spec);
  if (known !== undefined) return known;
  const rows = rowsOf(spec);
  const checks = { check: compileRepairedCheck(rows), references: compileReferenceKeys(rows) };
  compiled.set(spec, checks);
  return checks;
}
