import { authorise } from '../../access/principal.ts';
import type { AbTestForecastAnswer, PlannedAbTest } from '../../contracts/http/ab-tests.ts';
import type { Db } from '../../db/base/connect.ts';
import { readCurrentSpec, readModel, readSpecRevision } from '../../db/models/specs.ts';
import { findVersion, type VersionRow } from '../../db/models/versions.ts';
import { openAbTest } from '../../db/routing/ab-tests.ts';
import { freezeOf, sayFreeze } from '../../db/routing/freezes.ts';
import { readRouting } from '../../db/routing/routing.ts';
import { declareAbTest } from '../../domain/ab-test/declare-ab-test.ts';
import type { DeclaredAbTest } from '../../domain/ab-test/declared.ts';
import { refusalOfApprover } from '../../domain/spec/approval/may-approve.ts';
import { questionOf } from '../../domain/spec/parts/target-spec.ts';
import { signatureOf } from '../../domain/spec/signature.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { CommandContext } from '../base/context.ts';
import { actorOf } from '../base/run-command.ts';
import { forecastAbTest } from './forecast-ab-test.ts';

export interface PlanAbTestInput extends PlannedAbTest {
  readonly model: string;
}

/** What a test would be with every default, and what it would see at this traffic. Changes nothing. */
export async function planAbTest(context: CommandContext, input: PlanAbTestInput): Promise<AbTestForecastAnswer> {
  authorise(context.principal, 'operate', input.model);
  const { db } = context.database;
  await readModel(db, input.model);
  const { declared, control, spec } = await checkAbTest(db, actorOf(context), input);
  const text = await forecastAbTest(db, spec, control, declared);
  const said = { ...declared, versions: [...declared.versions], bounds: [...declared.bounds] as [number, number] };
  return { model: input.model, control: control.version, declared: said, text };
}

export interface CheckedAbTest {
  readonly declared: DeclaredAbTest;
  readonly control: VersionRow;
  readonly spec: ModelSpec;
  readonly specRevision: number;
}

/**
 * Throws in one sentence whatever stands against it: `conflict`, `forbidden`, `version_not_found`, `invalid_request`.
 */
export async function checkAbTest(db: Db, actor: string, input: PlanAbTestInput): Promise<CheckedAbTest> {
  const { model, versions } = input;
  const champion = (await readRouting(db, model))?.champion ?? null;
  if (champion === null) throw refused('model', `"${model}" has no champion yet: nothing could be the control.`);
  const open = await openAbTest(db, model);
  if (open !== null) throw refused('model', `The A/B test ${open.number} of "${model}" is under way: stop it first.`);
  const frozen = await freezeOf(db, model);
  if (frozen !== null) throw refused('model', `No A/B test of "${model}" begins, because ${sayFreeze(frozen)}.`);
  const { spec, revision } = await readCurrentSpec(db, model);
  const forbidden = refusalOfApprover(model, spec.rollout.approval ?? {}, { name: actor, delegators: [] });
  if (forbidden !== null) throw new PerennialError('forbidden', forbidden);
  const control = await findVersion(db, model, champion.version);
  if (control === null) throw refused('model', `Version ${champion.version} of "${model}" does not exist.`);
  const own = await readSpecRevision(db, model, control.specRevision);
  for (const [at, number] of versions.entries())
    // oxlint-disable-next-line no-await-in-loop -- at most seven
    await refuseVersion(db, { model, number, path: `versions[${at}]`, control, own });
  return { declared: declareAbTest(spec, input), control, spec, specRevision: revision };
}

interface Candidate {
  readonly model: string;
  readonly number: number;
  readonly path: string;
  readonly control: VersionRow;
  readonly own: { readonly spec: ModelSpec };
}

async function refuseVersion(db: Db, { model, number, path, control, own }: Candidate): Promise<void> {
  if (number === control.version)
    throw refused(path, `Version ${number} of "${model}" is champion: it is the control already.`);
  const found = await findVersion(db, model, number);
  if (found === null)
    throw new PerennialError('version_not_found', `Version ${number} of "${model}" does not exist.`, { path });
  if (found.status === 'rejected' || (found.status === 'experiment' && found.gateVerdict !== 'pass'))
    throw refused(path, `Version ${number} of "${model}" did not pass its gate: it may answer nobody.`);
  if (found.filesRemovedAt !== null) throw refused(path, `The files of v${number} of "${model}" reached their end.`);
  const { spec } = await readSpecRevision(db, model, found.specRevision);
  const isSame = questionOf(spec) === questionOf(own.spec) && columnsOf(spec) === columnsOf(own.spec);
  if (!isSame)
    throw refused(path, `Version ${number} of "${model}" takes or answers something else than v${control.version}.`);
}

/** Names and kinds of what a version takes, in any order. */
function columnsOf(spec: ModelSpec): string {
  return JSON.stringify(
    signatureOf(spec)
      .columns.map(({ name, kind }) => `${name} ${kind}`)
      .toSorted(),
  );
}

function refused(path: string, message: string): PerennialError {
  return new PerennialError('conflict', message, { path });
}
