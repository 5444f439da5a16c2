import { createHash, randomUUID } from 'node:crypto';
import { decideActivities } from '../../activities/model/decide.ts';
import { rollbackActivities } from '../../activities/model/rollback.ts';
import { setPausedActivities } from '../../activities/model/set-paused.ts';
import { verifyCommandActivities } from '../../activities/model/verify-command.ts';
import type { ActivityDependencies } from '../../activities/dependencies.ts';
import { promoteActivities } from '../../activities/rollout/promote.ts';
import { withdrawActivities } from '../../activities/rollout/withdraw.ts';
import type { CommandContext } from '../../src/commands/base/context.ts';
import { withTransaction, type Database } from '../../src/db/base/connect.ts';
import { moveChampionTo } from '../../src/db/routing/move-champion.ts';
import { freezeOf } from '../../src/db/routing/freezes.ts';
import { activeRollout, insertRollout, routeStep, type RolloutRow } from '../../src/db/routing/rollouts.ts';
import { lockRouting, readRouting } from '../../src/db/routing/routing.ts';
import { version } from '../../src/db/schema/index.ts';
import { storeSpec } from '../../src/db/models/specs.ts';
import type { Command, RunStep } from '../../src/domain/record/messages.ts';
import { formatOccasion } from '../../src/domain/record/occasion.ts';
import { stepsOf } from '../../src/domain/rollout/rollout-plan.ts';
import { RecordingBus } from './recording-bus.ts';
import { specOf } from './two-models.ts';

/** What a model is made with: a champion over a predecessor, and a challenger with half of the traffic. */
export const standing = { before: 1, champion: 2, challenger: 3, released: 4 } as const;

/**
 * Delivers as an entity does that has just begun: it remembers nothing, as after continue-as-new, where the id of an
 * Update is forgotten and only the row of the command is left.
 */
export class ForgetfulBus extends RecordingBus {
  readonly #deps: ActivityDependencies;

  constructor(database: Database) {
    super();
    // Only the database is asked by what follows here.
    this.#deps = { database } as ActivityDependencies;
  }

  override async deliver(given: Command): Promise<{ accepted: true; text: string }> {
    const answer = await super.deliver(given);
    await this.perform(given);
    return answer;
  }

  override async steps(): Promise<[RunStep]> {
    return [{ eventId: 4, name: 'fit', at: '2026-01-01T00:00:00Z' }];
  }

  override async reset(): Promise<void> {
    // What Temporal does by itself, once per request.
  }

  /** The activities that the workflows ask for, in their order. */
  async perform(given: Command): Promise<void> {
    const { model } = given;
    switch (given.kind) {
      case 'rollback': {
        const { commandId, actor, reason, toVersion } = given.message;
        const { resolveRollback, moveChampion } = rollbackActivities(this.#deps);
        const target = await resolveRollback({ model, toVersion, commandId });
        if (target === null) return;
        await moveChampion({ model, version: target.version, actor, why: reason, commandId, onlyFrom: null });
        return;
      }
      case 'pause':
      case 'resume':
        return setPausedActivities(this.#deps).setPaused({
          model,
          paused: given.kind === 'pause',
          message: given.message,
        });
      case 'retrain': {
        const { commandId, actor, reason, rollout } = given.message;
        const person = { commandId: commandId ?? '', by: actor, reason, rollout };
        const key = formatOccasion({ of: 'command', commandId: person.commandId });
        return void (await decideActivities(this.#deps).decideRetrain({ model, key, window: null, person }));
      }
      case 'apply': {
        const { specRevision, commandId } = given.message;
        const key = formatOccasion({ of: 'apply', specRevision, afterRun: null });
        return void (await decideActivities(this.#deps).decideRetrain({
          model,
          key,
          window: null,
          person: null,
          commandId,
        }));
      }
      case 'approve':
      case 'abort':
        return this.#decide(given);
    }
  }

  async #decide({ kind, model, rollout: key, message }: Extract<Command, { kind: 'approve' | 'abort' }>) {
    const { commandId, actor, reason } = message;
    const said = { key, actor, reason, evidenceId: null, commandId };
    if (kind === 'abort') return withdrawActivities(this.#deps).withdraw(said);
    const { verifyCommand } = verifyCommandActivities(this.#deps);
    if (!(await verifyCommand({ model, kind, commandId, rollout: key }))) return;
    await promoteActivities(this.#deps).promote(said);
  }
}

/** Who gives commands here. */
export function personOn(database: Database, bus: RecordingBus): CommandContext {
  return {
    database,
    bus,
    sourceRoots: [{ scope: '*', path: '/data' }],
    principal: { tokenId: randomUUID(), name: 'ana', role: 'admin', scope: '*' },
  };
}

/** A model of its own: see `standing`. */
export async function makeStanding(database: Database): Promise<string> {
  const model = `m-${randomUUID().slice(0, 8)}`;
  const move = (number: number) =>
    withTransaction(database, (tx) =>
      moveChampionTo(tx, { model, version: number, actor: 'seed', why: `v${number} is good`, commandId: null }),
    );
  await withTransaction(database, (tx) => storeSpec(tx, specOf(model), 'seed'));
  for (const number of Object.values(standing)) await addVersion(database, model, number);
  await move(standing.before);
  await move(standing.champion);
  await openRollout(database, model, standing.challenger, standing.champion);
  return model;
}

/** A rollout of the version, one step on its way. */
export async function openRollout(
  database: Database,
  model: string,
  number: number,
  baseVersion: number,
): Promise<void> {
  const key = { model, version: number, attempt: 1 };
  const plan = specOf(model).rollout;
  const [step] = stepsOf(plan);
  if (step === undefined) throw new Error('the plan has no step');
  await withTransaction(database, async (tx) => {
    await insertRollout(tx, { key, baseVersion, specRevision: 1, salt: `salt-${number}` });
    await routeStep(tx, key, 0, step, plan.leaseMs);
  });
}

async function addVersion({ db }: Database, model: string, number: number): Promise<void> {
  const digest = createHash('sha256').update(`${model}/${number}`).digest('hex');
  await db.insert(version).values({
    model,
    version: number,
    runId: `train/${model}/${number}`,
    status: 'released',
    specRevision: 1,
    modelDigest: digest,
    profileDigest: digest,
    correction: 'identity',
    threshold: 0.5,
    snapshots: [],
    report: JSON.parse('{}'),
    labelledRows: 0,
    throughWindow: null,
    gateVerdict: 'pass',
  });
}

/** Everything that a command may change of a model, in one value. */
export async function stateOf({ pool }: Database, model: string): Promise<unknown> {
  const { rows } = await pool.query<{ state: unknown }>(
    `select jsonb_build_object(
      'model', (select to_jsonb(m) from model m where m.name = $1),
      'routing', (select r.entry from routing r where r.model = $1),
      'moves', (select jsonb_agg(to_jsonb(a) order by a.move_id) from alias_move a where a.model = $1),
      'rollouts', (select jsonb_agg(to_jsonb(o) order by o.version) from rollout o where o.model = $1),
      'abTests', (select jsonb_agg(to_jsonb(b) order by b.number) from ab_test b where b.model = $1),
      'freezes', (select jsonb_agg(to_jsonb(f) order by f.model) from "freeze" f where f.model in ($1, '*')),
      'holds', (select jsonb_agg(to_jsonb(h)) from legal_hold h where h.model = $1),
      'delegations', (select jsonb_agg(to_jsonb(g) order by g.delegation_id) from approval_delegation g
        where g.model = $1),
      'decisions', (select jsonb_agg(to_jsonb(d) order by d.key) from decision d where d.model = $1),
      'runs', (select jsonb_agg(to_jsonb(r) order by r.run_id) from run r where r.model = $1),
      'definitions', (select jsonb_agg(s.revision order by s.revision) from spec_revision s where s.model = $1),
      'annotations', (select jsonb_agg(to_jsonb(n) order by n.annotation_id) from annotation n where n.model = $1),
      'alerts', (select jsonb_agg(to_jsonb(l) order by l.alert_id) from alert l where l.model = $1),
      'edits', (select jsonb_agg(to_jsonb(e) order by e.id) from quarantine_edit e
        join snapshot s on s.digest = e.snapshot where s.model = $1),
      'decided', (select jsonb_agg(to_jsonb(q) order by q.line) from quarantine_decision q
        join snapshot s on s.digest = q.snapshot where s.model = $1),
      'snapshots', (select jsonb_agg(s.digest order by s.created_at) from snapshot s where s.model = $1),
      'tags', (select jsonb_agg(to_jsonb(t) order by t.move_id) from snapshot_tag_move t where t.model = $1),
      'editions', (select jsonb_agg(to_jsonb(e) order by e.edition) from snapshot_edition e where e.model = $1),
      'publications', (select jsonb_agg(to_jsonb(p) order by p.tag) from snapshot_publication p where p.model = $1),
      'subscriptions', (select jsonb_agg(to_jsonb(b) order by b.tag) from snapshot_subscription b
        where b.model = $1),
      'branches', (select jsonb_agg(to_jsonb(b)) from snapshot_branch b where b.model = $1),
      'allowances', (select jsonb_agg(to_jsonb(w) order by w.feature, w.kind) from leakage_allowance w
        where w.model = $1),
      'told', (select jsonb_agg(u.type order by u.seq) from audit u where u.model = $1
        and u.type <> 'perennial.command.recorded')) as state`,
    [model],
  );
  return rows[0]?.state;
}

/** A model that lives by itself: what the platform does to it between the words of people. */
export class LivingModel {
  readonly model: string;
  readonly #database: Database;
  readonly #steps: number;

  private constructor(database: Database, model: string, steps: number) {
    this.#database = database;
    this.model = model;
    this.#steps = steps;
  }

  /** With one version, which is the champion. */
  static async begin(database: Database, steps: number): Promise<LivingModel> {
    const model = `m-${randomUUID().slice(0, 8)}`;
    await withTransaction(database, (tx) => storeSpec(tx, specOf(model), 'seed'));
    await addVersion(database, model, 1);
    await withTransaction(database, (tx) =>
      moveChampionTo(tx, { model, version: 1, actor: 'seed', why: 'first', commandId: null }),
    );
    return new LivingModel(database, model, steps);
  }

  async happen(what: string): Promise<void> {
    const open = await activeRollout(this.#database.db, this.model);
    const isFrozen = (await freezeOf(this.#database.db, this.model)) !== null;
    if (what === 'train' && open === null && !isFrozen) await this.#train();
    if (what === 'step' && open !== null && (open.step ?? 0) + 1 < this.#steps) await this.#step(open);
    if (what === 'finish' && open !== null) await this.#finish(open);
  }

  async standing(): Promise<unknown> {
    const { rows } = await this.#database.pool.query<{ standing: unknown }>(
      `select jsonb_build_object(
        'champion', (r.entry->'champion'->>'version')::int,
        'moves', (select jsonb_agg(a.to_version order by a.move_id) from alias_move a where a.model = $1),
        'versions', (select count(*) from version v where v.model = $1),
        'frozen', (select f.kind from "freeze" f where f.model = $1),
        'rollout', case when r.entry->'challenger' = 'null'::jsonb then null else jsonb_build_object(
          'version', (r.entry->'challenger'->>'version')::int,
          'step', (select o.step from rollout o where o.model = $1 and o.status in ('active', 'held'))) end) as standing
       from routing r where r.model = $1`,
      [this.model],
    );
    return rows[0]?.standing;
  }

  async #train(): Promise<void> {
    const { champion } = (await readRouting(this.#database.db, this.model)) ?? {};
    const { rows } = await this.#database.pool.query('select count(*)::int + 1 as next from version where model = $1', [
      this.model,
    ]);
    const next = Number(rows[0]?.next);
    await addVersion(this.#database, this.model, next);
    await openRollout(this.#database, this.model, next, champion?.version ?? 0);
  }

  async #step(open: RolloutRow): Promise<void> {
    const { model, version: number, attempt } = open;
    const plan = specOf(model).rollout;
    const step = (open.step ?? 0) + 1;
    const planned = stepsOf(plan)[Math.min(step, stepsOf(plan).length - 1)];
    if (planned === undefined) throw new Error('the plan has no step');
    await withTransaction(this.#database, async (tx) => {
      await lockRouting(tx, model);
      if ((await freezeOf(tx, model)) !== null) return;
      await routeStep(tx, { model, version: number, attempt }, step, planned, plan.leaseMs);
    });
  }

  async #finish(open: RolloutRow): Promise<void> {
    const { model, version: number, attempt } = open;
    const { promote } = promoteActivities({ database: this.#database } as ActivityDependencies);
    const asked = { key: { model, version: number, attempt }, actor: 'rollout', reason: 'better', evidenceId: null };
    // A freeze refuses it, and Temporal would ask again.
    await promote({ ...asked, commandId: null }).catch(() => undefined);
  }
}
