import type { ModelView } from '../../commands/pages/model.ts';
import { isOpenRollout } from '../../domain/rollout/routing.ts';

/** The acts of the loop in their order, and the part of the page that tells of each. */
export const acts = [
  { name: 'ingest', href: '#now' },
  { name: 'snapshot', href: '#versions' },
  { name: 'train', href: '#versions' },
  { name: 'judge', href: '#versions' },
  { name: 'roll out', href: '#rollouts' },
  { name: 'serve', href: '#traffic' },
  { name: 'watch', href: '#drift' },
  { name: 'decide', href: '#decisions' },
] as const;

export type Act = (typeof acts)[number]['name'];

/** Which act goes on, and one sentence about it. What moves a version comes before what only flows. */
export function currentAct(
  view: Pick<ModelView, 'running' | 'rollouts' | 'entry' | 'windows' | 'openWindow' | 'rolloutWaitsFor'>,
): { readonly act: Act; readonly text: string } {
  const open = view.rollouts.find(({ status }) => isOpenRollout(status));
  if (open !== undefined)
    return {
      act: 'roll out',
      text: `The rollout of v${open.version} waits for ${view.rolloutWaitsFor ?? 'its next look'}.`,
    };
  const running = (kind: string) => view.running.find((run) => run.kind === kind);
  const training = running('train');
  if (training !== undefined)
    return { act: 'train', text: `A training is under way (${training.trigger ?? 'no trigger known'}).` };
  if (running('ingest') !== undefined)
    return { act: 'ingest', text: 'Data are read and checked against the contract.' };
  if (view.entry?.champion == null) return { act: 'ingest', text: 'No version answers yet.' };
  const last = view.windows.at(-1);
  if (last !== undefined && last.verdict === null)
    return { act: 'watch', text: `Window ${last.number} has closed and is being judged.` };
  const guard = running('guard');
  if (guard !== undefined)
    return {
      act: 'watch',
      text: 'The new champion answers, and a guard compares it with its predecessor as labels come in.',
    };
  return { act: 'serve', text: `v${view.entry.champion.version} answers; window ${view.openWindow.number} is open.` };
}
