import type { AuditQuery } from '../../commands/pages/audit.ts';
import { auditTypes } from '../../domain/record/audit-types.ts';

const groups: readonly (readonly [prefix: string, words: string])[] = [
  ['perennial.rollout.', 'rollouts'],
  ['perennial.champion.', 'champions'],
  ['perennial.retrain.', 'retrain decisions'],
  ['perennial.version.', 'versions'],
  ['perennial.gate.', 'gates'],
  ['perennial.alert.', 'alerts'],
  ['perennial.model.', 'pause, freeze, kill'],
  ['perennial.spec.', 'definitions'],
  ['perennial.command.', 'commands of people'],
  ['perennial.token.', 'tokens'],
  ['perennial.session.', 'sessions'],
];

/** Whom, what and when to look for. */
export function Filters({ query }: { readonly query: AuditQuery }) {
  return (
    <form class="filters" method="get" action="/audit">
      <label>
        Model
        <input name="model" value={query.model ?? ''} autocomplete="off" />
      </label>
      <TypeChoice chosen={query.type} />
      <label>
        Who
        <input name="actor" value={query.actor ?? ''} autocomplete="off" />
      </label>
      <label>
        From (UTC)
        <input name="since" type="date" value={query.since?.slice(0, 10) ?? ''} />
      </label>
      <label>
        Before (UTC)
        <input name="until" type="date" value={query.until?.slice(0, 10) ?? ''} />
      </label>
      <button type="submit" class="quiet">
        Show
      </button>
    </form>
  );
}

function TypeChoice({ chosen }: { readonly chosen: string | null }) {
  return (
    <label>
      What
      <select name="type">
        <option value="">anything</option>
        <optgroup label="all about">
          {groups.map(([prefix, words]) => (
            <option value={prefix} selected={chosen === prefix}>
              {words}
            </option>
          ))}
        </optgroup>
        <optgroup label="only">
          {Object.keys(auditTypes).map((type) => (
            <option value={type} selected={chosen === type}>
              {type.replace('perennial.', '')}
            </option>
          ))}
        </optgroup>
      </select>
    </label>
  );
}
