import { randomUUID } from 'node:crypto';
import { routeRules, type RouteKey } from '../../../src/access/permissions.ts';
import { hasPermission } from '../../../src/access/roles.ts';
import { roles, type Role } from '../../../src/domain/record/closed-sets.ts';
import { viewOf } from '../../worlds/a-view.ts';
import { specOf } from '../../worlds/two-models.ts';
import { expectations, type Expectation, type Seeded } from './authorization-table.ts';

export const routes = Object.keys(routeRules) as RouteKey[];
export const about = (...kinds: readonly Expectation['about'][]): RouteKey[] =>
  routes.filter((route) => kinds.includes(expectations[route]?.about));
export const guarded = routes.filter((route) => routeRules[route] !== 'public');
export const rolesFor = (route: RouteKey): Role[] =>
  roles.filter((role) => {
    const rule = routeRules[route];
    return rule !== 'public' && rule !== 'training-access' && hasPermission(role, rule);
  });

/** One request about one seeded model. */
export interface Wanted {
  readonly method: string;
  readonly path: string;
  readonly url: string;
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

export function wanted(route: RouteKey, of: Seeded): Wanted {
  const [method, path] = split(route);
  const expectation = expectations[route];
  const isOne = expectation.about === 'one';
  const id = isOne && expectation.id !== undefined ? String(of[expectation.id]) : randomUUID();
  const filled = path
    .replace('{name}', of.name)
    .replace('{view}', of.view)
    .replace('{version}', String(of.version))
    .replace('{attempt}', '1')
    .replace('{number}', '1')
    .replace('{digest}', of.snapshot)
    .replace('{tag}', 'kept')
    .replace('{file}', 'swagger-ui.css')
    .replace('{id}', encodeURIComponent(id));
  const query = isOne ? expectation.query?.(of) : expectation.query;
  const given = isOne ? expectation.body?.(of) : expectation.body;
  const body = definitionOf(route, of) ?? given;
  return { method, path, url: query === undefined ? filled : `${filled}?${query}`, body };
}

function definitionOf(route: RouteKey, of: Seeded): Wanted['body'] {
  if (route === 'POST /v1/apply') return { spec: specOf(of.name) };
  return route === 'POST /v1/views' ? { spec: viewOf(of.view) } : undefined;
}

export function split(route: RouteKey): readonly [method: string, path: string] {
  const space = route.indexOf(' ');
  return [route.slice(0, space), route.slice(space + 1)];
}

/**
 * The words about a thing, with what names it taken out: two things that are told apart by nothing else read the same.
 */
export function unnamed(said: string, of: Seeded): string {
  const names = [
    of.run,
    of.view,
    of.name,
    of.webhook,
    of.erasure,
    of.snapshot,
    String(of.version),
    of.alert,
    of.annotation,
    of.evidence,
  ].flatMap((name) => [name, encodeURIComponent(name)]);
  return names.reduce(
    (text, name) => text.replaceAll(new RegExp(`(?<!\\w)${name.replaceAll(/[.*]/g, '\\$&')}(?!\\w)`, 'g'), '#'),
    said.replace(/"status":\d+/, ''),
  );
}
