import { CsrfField } from '../form/csrf-field.tsx';
import { iconHref } from './assets.ts';
import type { PageCall } from './page-call.ts';

export type Section = 'home' | 'alerts' | 'rollouts' | 'runs' | 'portfolio' | 'audit';

const navigation: readonly (readonly [section: Section, href: string, text: string])[] = [
  ['home', '/', 'Models'],
  ['alerts', '/alerts', 'Alerts'],
  ['rollouts', '/rollouts', 'Rollouts'],
  ['runs', '/runs', 'Runs'],
  ['portfolio', '/portfolio', 'Portfolio'],
  ['audit', '/audit', 'Audit'],
];

export interface HeaderProps {
  readonly call: PageCall | null;
  readonly section: Section | undefined;
}

/** Where one may go, and who is signed in. */
export function Header({ call, section }: HeaderProps) {
  return (
    <header class="top">
      <a class="brand" href="/">
        <img src={iconHref} alt="" width="24" height="24" /> Perennial
      </a>
      {call === null ? null : (
        <nav aria-label="Pages">
          {navigation.map(([name, href, text]) => (
            <a href={href} aria-current={name === section ? 'page' : undefined}>
              {text}
            </a>
          ))}
        </nav>
      )}
      <div class="who">
        <button type="button" class="quiet" id="theme" hidden>
          Theme
        </button>
        {call === null ? null : (
          <>
            <span class="me" title={`role ${call.principal.role}, models ${call.principal.scope}`}>
              {call.principal.name} <small>{call.principal.role}</small>
            </span>
            <form method="post" action="/sign-out">
              <CsrfField call={call} />
              <button type="submit" class="quiet">
                Sign out
              </button>
            </form>
          </>
        )}
      </div>
    </header>
  );
}
