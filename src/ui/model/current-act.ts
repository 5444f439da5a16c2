import type { ModelView } from '../../commands/pages/model.ts';
import { sayServing } from '../../commands/base/wait-until-served.ts';
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
  view: Pick<ModelView, 'running' | 'rollouts' | 'entry' | 'windows' | 'openWindow' | 'rolloutWaitsFor' | 'serving'>,
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
      text: isFollowed(view.serving)
        ? 'The new champion answers, and a guard compares it with its predecessor as labels come in.'
        : 'A guard compares the new champion with its predecessor as labels come in.',
    };
  const { version } = view.entry.champion;
  return {
    act: 'serve',
    text: `v${version} ${sayServing(view.serving, version)}; window ${view.openWindow.number} is open.`,
  };
}

/** Every process that serves has acknowledged the routing as it stands. */
export function isFollowed({ processes, behind }: ModelView['serving']): boolean {
  return processes > 0 && behind === 0;
}
