import { randomUUID } from 'node:crypto';
import type { SnapshotShown } from '../../commands/pages/snapshot.ts';
import { charsMax } from '../../domain/words/limits.ts';
import { ReasonForm } from '../form/reason-form.tsx';
import { refusalFor } from '../form/refusal.ts';
import type { PageCall } from '../frame/page-call.ts';

interface Props {
  readonly call: PageCall;
  readonly shown: Pick<SnapshotShown, 'page' | 'publications'>;
}

/** To whom it is offered, and what follows it; nothing for a snapshot that nobody has named. */
export function Publications({ call, shown: { page, publications } }: Props) {
  const standing = publications.filter(({ withdrawnAt }) => withdrawnAt === null);
  const own = standing.filter(({ tag, digest }) => page.tags.includes(tag) || digest === page.digest);
  if (page.tags.length === 0 && own.length === 0) return null;
  const refusedBecause = refusalFor(call.principal, 'operate', page.model);
  const to = (word: string): string => `/snapshots/${page.digest}/${word}`;
  const common = { call, refusedBecause };
  const published = own.map(({ tag }) => tag);
  return (
    <section class="panel" id="publications">
      <h2>Publication</h2>
      {own.length === 0 ? (
        <p>It is offered to no other model.</p>
      ) : (
        <ul>
          {own.map(({ tag, edition, readers, subscribers }) => (
            <li>
              <code>{tag}</code>, edition {edition}: read by {globs([...readers, ...subscribers])}, followed by{' '}
              {globs(subscribers)}
            </li>
          ))}
        </ul>
      )}
      {page.tags.map((tag) => {
        const stands = standing.find((one) => one.tag === tag);
        return (
          <ReasonForm
            {...common}
            label={`Publish ${tag}`}
            about="Offers it as the next edition; models that follow the name are asked whether to train again."
            to={to('publish')}
            hidden={{ key: randomUUID(), tag }}
          >
            <Globs
              id={`readers-${tag}`}
              name="readers"
              value={stands?.readers}
              label="Models whose readers may read it"
            />
            <Globs
              id={`subscribers-${tag}`}
              name="subscribers"
              value={stands?.subscribers}
              label="Models that may read and follow it"
            />
          </ReasonForm>
        );
      })}
      {published.map((tag) => (
        <>
          <ReasonForm
            {...common}
            label={`Withdraw ${tag}`}
            about="Nobody outside reads it any more, and it starts no training."
            to={to('unpublish')}
            hidden={{ key: randomUUID(), tag }}
            confirm="Withdraw it? Models that follow it are told of no edition any more."
          />
          <Follow {...common} tag={tag} to={to('subscribe')} label={`Subscribe to ${tag}`} about={following} />
          <Follow {...common} tag={tag} to={to('unsubscribe')} label={`Unsubscribe from ${tag}`} about={ending} />
        </>
      ))}
    </section>
  );
}

const following = 'A model trains again when the next edition is published; cooldown, budget and freezes still count.';
const ending = 'The model trains no more for it.';

interface FollowProps {
  readonly call: PageCall;
  readonly tag: string;
  readonly to: string;
  readonly label: string;
  readonly about: string;
  readonly refusedBecause: string | null;
}

/** The right is asked of the model that follows. */
function Follow({ tag, ...form }: FollowProps) {
  const id = `follower-${form.label.replaceAll(/\W+/g, '-')}`;
  return (
    <ReasonForm {...form} hidden={{ key: randomUUID(), tag }}>
      <div>
        <label for={id}>Model that follows</label>
        <input id={id} name="follower" required maxlength={127} />
      </div>
    </ReasonForm>
  );
}

interface GlobsProps {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly value: readonly string[] | undefined;
}

function Globs({ id, name, label, value = [] }: GlobsProps) {
  return (
    <div>
      <label for={id}>{label}, by commas; none for nobody</label>
      <input id={id} name={name} value={value.join(', ')} maxlength={charsMax.words} placeholder="payments.*, fraud" />
    </div>
  );
}

function globs(all: readonly string[]): string {
  return all.length === 0 ? 'nobody else' : all.join(', ');
}
