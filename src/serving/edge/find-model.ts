import { cut } from '../../domain/words/cut.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { listNames, nearestName } from '../../domain/words/nearest-name.ts';
import type { Serving } from '../serving.ts';
import type { ServedModel } from '../versions/model-table.ts';
import { authorise } from './authorise.ts';
import type { Call } from './call.ts';

/** Names looked at for the list in a refusal. */
const namesMax = 200;

/** The model, for whoever may use it. An unknown name lists only models that the same token may use. */
export async function findModel(
  { tokens, table }: Pick<Serving, 'tokens' | 'table'>,
  call: Call,
  name: string,
  permission: 'predict' | 'rows:write' = 'predict',
): Promise<ServedModel> {
  const secretHash = await authorise(tokens, call, { permission, model: name });
  const model = table.get(name);
  if (model !== undefined) return model;
  if (!table.isReady) throw new PerennialError('unavailable', 'This process has not read the routing yet.');
  if (table.names.includes(name)) throw new PerennialError('unavailable', `${name} is being loaded.`);
  const names: string[] = [];
  for (const candidate of table.names.slice(0, namesMax)) {
    // oxlint-disable-next-line no-await-in-loop -- answers come from a cache after the first
    if ((await tokens.authorise(secretHash, candidate, permission)) === 'allowed') names.push(candidate);
  }
  const near = nearestName(name, names);
  const known =
    names.length === 0
      ? 'there are none yet'
      : `${near === null ? '' : `did you mean "${near}"? `}known models: ${listNames(names)}`;
  throw new PerennialError('model_not_found', `No model is named "${cut(name, 128)}"; ${known}.`, {
    path: 'model',
  });
}

/** The same where a version may be named: it must be the champion, or it would go past gates and rollouts. */
export async function findVersion(
  serving: Pick<Serving, 'tokens' | 'table'>,
  call: Call,
  { model: name, version }: { readonly model: string; readonly version?: string | undefined },
): Promise<ServedModel> {
  const model = await findModel(serving, call, name);
  const champion = model.champion?.routed.version;
  if (version === undefined || version === String(champion)) return model;
  const known = champion === undefined ? 'it has no champion yet' : `the champion is version ${champion}`;
  throw new PerennialError('version_not_found', `${name} does not serve version ${cut(version, 20)}: ${known}.`, {
    hint: 'Leave the version out, or name the champion.',
  });
}
