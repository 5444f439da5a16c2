import type { ModelView } from '../../../commands/pages/model.ts';
import { delegationDaysMax } from '../../../contracts/http/delegations.ts';
import { sayChoice } from '../../../domain/words/say.ts';
import { tokenNameCharsMax } from '../../../domain/words/token-name.ts';
import { utc } from '../../words/format.ts';
import type { Offer } from '../offer.ts';

/** Handing on the right to approve, where a definition names who has it; none of this where everybody may. */
export function delegationOffers(reader: string, { approvers: { by, delegations } }: ModelView): readonly Offer[] {
  if (by === null) return [];
  return [
    {
      verb: 'approval/delegate',
      label: 'Let somebody approve for you',
      about: `Approvals are for ${sayChoice(by)}; another name may approve in your place for some days.`,
      notNow: by.includes(reader) ? null : `The definition does not name ${reader}: there is nothing to hand on.`,
      fields: (
        <>
          <label>
            Name of the token that may approve
            <input name="to" required maxlength={tokenNameCharsMax} />
          </label>
          <label>
            For days
            <input name="days" type="number" min="1" max={delegationDaysMax} value="7" required />
          </label>
        </>
      ),
    },
    {
      verb: 'approval/revoke',
      label: 'Take a right to approve back',
      about: 'What was approved under it stays approved. Those of others are for whoever may apply the definition.',
      notNow: delegations.length === 0 ? 'Nothing is handed on.' : null,
      fields: (
        <label>
          Which
          <select name="delegation">
            {delegations.map(({ delegator, delegate, until }) => (
              <option value={`${delegator === reader ? '' : delegator}/${delegate}`} selected={delegator === reader}>
                {delegate} for {delegator}, until {utc(until)}
              </option>
            ))}
          </select>
        </label>
      ),
    },
  ];
}
