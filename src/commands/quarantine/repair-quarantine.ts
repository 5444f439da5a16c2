import { createHash } from 'node:crypto';
import type { QuarantineRepaired } from '../../contracts/http/data/quarantine.ts';
import { declareRepair } from '../../data/infer/declare-repair.ts';
import type { Db } from '../../db/base/connect.ts';
import { lockCurrentSpec, modelNotFound, readCurrentSpec } from '../../db/models/specs.ts';
import { freezeOf, sayFreeze } from '../../db/routing/freezes.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { canonicalJson } from '../../domain/words/canonical.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { sayMany } from '../../domain/words/say.ts';
import type { CommandContext } from '../base/context.ts';
import { runCommand } from '../base/run-command.ts';
import { refuseForeignSource, storeDefinition } from '../models/store-definition.ts';
import { handiworkOf, historyQuarantineOf } from './quarantine-of.ts';
import { notesOf, withRepair, type RepairAsked } from './with-repair.ts';

export interface RepairInput extends RepairAsked {
  readonly digest: string;
  readonly key: string | null;
  readonly reason: string;
}

/**
 * Stores the definition of a model with one more repair as its next revision. That reads its source anew, repaired, so
 * the rows of this quarantine that pass are in the snapshot of that reading: it is their replay, and they are learnt of
 * once. A definition that has the repair changes nothing. Throws `conflict` while the model is frozen and for a
 * quarantine of an older revision, and what `apply` throws.
 */
export async function repairQuarantine(context: CommandContext, input: RepairInput): Promise<QuarantineRepaired> {
  const found = await historyQuarantineOf(context, input.digest);
  const { digest, model, manifest } = found;
  const { repair, at } = input;
  const repairDigest = createHash('sha256').update(canonicalJson(repair)).digest('hex');
  return runCommand(
    context,
    { model, key: input.key, reason: input.reason },
    {
      kind: 'apply',
      permission: 'apply',
      // The definition keeps the repair itself; values that it maps may be personal.
      body: { quarantine: digest, repairDigest, at },
      perform: async (commandId) => {
        const { db } = context.database;
        const { spec: before } = await readCurrentSpec(db, model);
        await refuseForeignSource(context, before);
        const stored = await storeDefinition(context, {
          commandId,
          model,
          reason: input.reason,
          moveViews: false,
          specOf: (tx) => repairedSpec(tx, input, found),
        });
        const { revision, created } = stored;
        const lost = await handiworkOf(db, digest);
        const text = created
          ? `"${model}" is now at revision ${revision}, which reads its source anew and repairs it: that settles the ` +
            `${sayMany(manifest.quarantinedRows, 'row')} set aside by ${digest.slice(0, 16)}`
          : `"${model}" has this repair already, at revision ${revision}`;
        return { ...stored, text, declaration: declareRepair(repair), notes: [...notesOf(before, repair, lost)] };
      },
    },
  );
}

async function repairedSpec(
  tx: Db,
  asked: RepairAsked,
  found: { readonly digest: string; readonly model: string; readonly specRevision: number },
): Promise<ModelSpec> {
  const current = await lockCurrentSpec(tx, found.model);
  if (current === null) throw modelNotFound(found.model, []);
  const { spec, isThere } = withRepair(current, asked, found);
  const frozen = isThere ? null : await freezeOf(tx, found.model);
  if (frozen === null) return spec;
  throw new PerennialError('conflict', `No repair is added, because ${sayFreeze(frozen)}.`, {
    path: 'model',
    hint: 'Thaw it first: `perennial thaw`.',
  });
}
