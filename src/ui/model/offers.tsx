import type { ModelView } from '../../commands/pages/model.ts';
import { isOpenRollout } from '../../domain/rollout/routing.ts';
import { delegationOffers } from './approval/delegation-offers.tsx';
import type { Offer } from './offer.ts';
import { VersionSelect } from './version-select.tsx';

/** What may be done about the model of that name, as `reader` (the name of a token) sees it. */
export function offersOf(name: string, view: ModelView, reader: string): readonly Offer[] {
  return [
    ...rolloutOffers(name, view),
    ...delegationOffers(reader, view),
    ...versionOffers(name, view),
    ...trainingOffers(view),
    ...freezeOffers(name, view),
    ...holdOffers(view),
    {
      verb: 'best/reset',
      label: 'Reset the best',
      about: 'Quality is no longer held against the best champion ever; the next window begins anew.',
      notNow: view.best === null ? 'No champion has been measured long enough to be the best.' : null,
    },
    {
      verb: 'kill',
      label: 'Kill switch',
      about: killMeans,
      notNow: null,
      confirm: `${name} goes back to its last champion that a person approved, and is frozen.`,
    },
  ];
}

const killMeans =
  'Back to the last champion that a person approved, the challenger out, everything frozen. ' +
  'Does not wait for Temporal.';
const freezeMeans =
  'Nothing automatic changes this model: no training, no step forward, no promotion. ' +
  'A failing challenger is still taken out.';

function rolloutOffers(name: string, view: ModelView): readonly Offer[] {
  const open = view.rollouts.find(({ status }) => isOpenRollout(status));
  const challenger = open === undefined ? 'the challenger' : `v${open.version}`;
  const notNow = open === undefined ? 'No rollout is under way.' : null;
  // Which rollout the reader looked at: another one may have taken the slot by the time that the form arrives.
  const hidden = { rollout: open === undefined ? '' : `${open.version}/${open.attempt}` };
  return [
    {
      verb: 'approve',
      label: 'Approve the rollout',
      about: `${challenger} becomes champion by your word.`,
      notNow: notNow ?? view.approvers.refusal,
      hidden,
    },
    {
      verb: 'abort',
      label: 'Abort the rollout',
      about: `${challenger} goes to 0 % at once; the champion stays.`,
      notNow,
      hidden,
      confirm: `${challenger} is taken out of ${name}.`,
    },
  ];
}

function versionOffers(name: string, view: ModelView): readonly Offer[] {
  return [
    {
      verb: 'retrain',
      label: 'Retrain now',
      about: 'Trains on everything that is labelled by now; a version that passes its gate is rolled out.',
      notNow: view.row.pausedBy === null ? null : 'The model is paused; resume it first.',
      fields: (
        <label>
          <input type="checkbox" name="experiment" value="yes" /> only an experiment: compare, do not roll out
        </label>
      ),
    },
    {
      verb: 'rollback',
      label: 'Roll back',
      about: 'Moves the champion back; answers change at once.',
      notNow: view.entry?.champion == null ? 'There is no champion to move.' : null,
      confirm: `The champion of ${name} is moved back.`,
      fields: <VersionSelect view={view} first="the champion before this one" isReleased />,
    },
    {
      verb: 'promote',
      label: 'Promote a version',
      about: 'Makes a version champion without a rollout.',
      notNow: view.versions.length === 0 ? 'There is no version yet.' : null,
      confirm: `The champion of ${name} is changed without a rollout.`,
      fields: (
        <>
          <VersionSelect view={view} first={null} isReleased={false} />
          <label>
            <input type="checkbox" name="force" value="yes" /> also if it was refused by its gate or is an experiment
          </label>
        </>
      ),
    },
  ];
}

function trainingOffers({ row }: ModelView): readonly Offer[] {
  return [
    {
      verb: 'pause',
      label: 'Pause trainings',
      about: 'No automatic training; serving, watching and a rollout under way go on.',
      notNow: row.pausedBy === null ? null : `Paused by ${row.pausedBy}: ${row.pausedReason ?? ''}`,
    },
    {
      verb: 'resume',
      label: 'Resume trainings',
      about: 'Automatic trainings may start again.',
      notNow: row.pausedBy === null ? 'It is not paused.' : null,
    },
  ];
}

function holdOffers({ hold }: ModelView): readonly Offer[] {
  return [
    {
      verb: 'hold',
      label: 'Set a legal hold',
      about: 'Nothing of this model is removed any more, whatever its age: no prediction, no evidence, no file.',
      notNow: hold === null ? null : `Held by ${hold.actor}: ${hold.reason}`,
    },
    {
      verb: 'hold/release',
      label: 'Release the legal hold',
      permission: 'apply',
      about: 'What has reached its end is removed with the next round.',
      notNow: hold === null ? 'It is not held.' : null,
      confirm: 'What has reached its end is removed for good.',
    },
  ];
}

function freezeOffers(name: string, { freeze }: ModelView): readonly Offer[] {
  const own = freeze?.model === name ? freeze : null;
  const noneOfItsOwn =
    freeze === null ? 'It is not frozen.' : 'All models are frozen; that is ended on the first page.';
  return [
    {
      verb: 'freeze',
      label: 'Freeze',
      about: freezeMeans,
      notNow: own === null ? null : `Frozen by ${own.actor}: ${own.reason}`,
    },
    {
      verb: 'thaw',
      label: 'Thaw',
      about: 'Ends the freeze of this model; what was held goes on.',
      notNow: own === null ? noneOfItsOwn : null,
    },
  ];
}
