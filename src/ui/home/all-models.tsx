import { randomUUID } from 'node:crypto';
import type { HomeView } from '../../commands/pages/home.ts';
import { ReasonForm } from '../form/reason-form.tsx';
import type { PageCall } from '../frame/page-call.ts';

const frozenMeans =
  'Nothing automatic changes any model: no training, no step forward, no promotion. ' +
  'Answers go on, and a challenger that fails is still taken out.';
const killMeans =
  'Every model goes back to the last champion that a person approved, ' +
  'every challenger is taken out, and all models are frozen.';

/** What a person may do to every model with one word. */
export function AllModels({ call, view }: { readonly call: PageCall; readonly view: HomeView }) {
  const role = view.mayCommandAll ? null : 'This needs the role operator or admin with the scope “*”.';
  const frozen = view.everyModelFrozen;
  const common = () => ({ call, hidden: { key: randomUUID() } });
  return (
    <section class="panel" id="all-models" aria-labelledby="all-models-title">
      <h2 id="all-models-title">All models at once</h2>
      <div class="actions">
        <ReasonForm
          {...common()}
          label="Freeze all models"
          about={frozenMeans}
          to="/all-models/freeze"
          refusedBecause={
            role ?? (frozen === null ? null : `All models are frozen by ${frozen.actor}: ${frozen.reason}`)
          }
        />
        <ReasonForm
          {...common()}
          label="Thaw all models"
          about="Ends the freeze of all models; a freeze of one model stays."
          to="/all-models/thaw"
          refusedBecause={role ?? (frozen === null ? 'Not all models are frozen.' : null)}
        />
        <ReasonForm
          {...common()}
          label="Kill switch for all models"
          about={killMeans}
          to="/all-models/kill"
          refusedBecause={role}
          confirm="Every model goes back to its last champion that a person approved, and everything is frozen."
        />
      </div>
    </section>
  );
}
