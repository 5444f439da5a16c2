import { defaultRepetition, type Repetition } from './backoff.ts';
import { PerennialClientError } from './client-error.ts';
import type { LifecycleEvent, RunDetail, ViewPushReceipt } from './client-views.ts';
import { followEvents, type EventOptions } from './follow-events.ts';
import { modelClient, type ModelClient } from './model-client.ts';
import type { Named } from '../declare/model-types.ts';
import { pushRows, type PushOptions } from './push-rows.ts';
import type { Door } from './send.ts';
import { watchRun, type WatchOptions } from './watch-run.ts';

/** A token, or where to get one: asked before every request, so that a rotated token is used at once. */
export type Token = string | (() => string | Promise<string>);

/** One address in front of both servers, or one for each; whoever only predicts needs the first alone. */
export type Addresses =
  | { readonly url: string }
  | { readonly inferenceUrl: string; readonly controlUrl?: string | undefined };

export type ConnectOptions<Models> = Addresses & {
  /** For both servers, unless `controlToken` is given: operators may not predict, predictors may not operate. */
  readonly token: Token;
  readonly controlToken?: Token | undefined;
  /** Definitions, or their names with `named`; the keys are what you call them by. */
  readonly models: Models;
  /** Longest time for one call, its repetitions included (30 s); each call may say otherwise. */
  readonly timeoutMs?: number | undefined;
  /** Longest time for one attempt (10 s). */
  readonly attemptTimeoutMs?: number | undefined;
  readonly repetition?: Partial<Repetition> | undefined;
  /** Another fetch, for a proxy or an agent. */
  readonly fetch?: typeof fetch | undefined;
};

/** Members of the client that are no models. */
interface Everywhere {
  /** Each state of a run until it has ended. */
  watchRun(runId: string, options?: WatchOptions): AsyncGenerator<RunDetail, void, undefined>;
  /**
   * Pushes rows of a feature view whose definition declares `push()`; see `pushRows` of a model. They come into the
   * history that models learn from, and into what requests are answered with.
   */
  pushViewRows(
    view: string | { readonly name: string },
    rows: readonly Readonly<Record<string, unknown>>[],
    options: PushOptions,
  ): Promise<ViewPushReceipt>;
  /** Lifecycle events from a place on, without end. */
  events(options?: EventOptions): AsyncGenerator<LifecycleEvent, void, undefined>;
}

export type Models = { readonly [key: string]: Named } & { readonly [Key in keyof Everywhere]?: never };
export type Client<Known> = { readonly [Key in keyof Known]: ModelClient<Known[Key]> } & Everywhere;

/** The name of a definition and, for the compiler alone, what it declares. */
export type Reference<Model extends Named> = Pick<Model, Extract<keyof Model, symbol | 'name'>>;

const defaultTimeoutMs = 30_000;
const defaultAttemptTimeoutMs = 10_000;

/** A typed client of a running Perennial. Opens nothing: connections are made, kept and reused by fetch. */
export function connect<const Known extends Models>(options: ConnectOptions<Known>): Client<Known> {
  const { token, controlToken, models } = options;
  const inferenceUrl = addressOf('url' in options ? options.url : options.inferenceUrl, 'inferenceUrl');
  const controlUrl = 'url' in options ? options.url : options.controlUrl;
  const inference = doorOf(inferenceUrl, token, options);
  const control =
    controlUrl === undefined ? null : doorOf(addressOf(controlUrl, 'controlUrl'), controlToken ?? token, options);
  const needControl = (): Door => {
    if (control !== null) return control;
    throw new PerennialClientError({
      code: 'configuration',
      message: 'connect was not told where the control API is.',
      hint: 'Give controlUrl, or url when one address serves both.',
      retryable: false,
      status: 0,
      path: 'controlUrl',
    });
  };
  const clients: Record<string, unknown> = {};
  for (const [key, model] of Object.entries<Named | undefined>(models)) {
    if (model !== undefined) clients[key] = Object.freeze(modelClient(model.name, () => inference, needControl));
  }
  const everywhere: Everywhere = {
    watchRun: (runId, watchOptions) => watchRun(needControl(), runId, watchOptions),
    pushViewRows: (view, rows, pushOptions) => {
      const name = typeof view === 'string' ? view : view.name;
      return pushRows<ViewPushReceipt>(inference, `/v1/views/${encodeURIComponent(name)}`, rows, pushOptions);
    },
    events: (eventOptions) => followEvents(needControl(), eventOptions),
  };
  const taken = Object.keys(everywhere).find((name) => Object.hasOwn(clients, name));
  if (taken !== undefined)
    throw new PerennialClientError({
      code: 'configuration',
      message: `models.${taken}: a model cannot be called by this key.`,
      hint: 'Choose another key; the name of the model stays as it is.',
      retryable: false,
      status: 0,
      path: `models.${taken}`,
    });
  // The keys were copied one by one, which the compiler cannot follow.
  return { ...clients, ...everywhere } as Client<Known>;
}

/**
 * A model by its name alone, with the types of its definition: `named<typeof orders>('orders')` brings no definition
 * into a bundle when `orders` is imported as a type.
 */
export function named<Model extends Named = Named>(name: Model['name']): Reference<Model>;
export function named(name: string): unknown {
  return { name };
}

function doorOf(url: string, token: Token, options: Omit<ConnectOptions<unknown>, 'models'>): Door {
  return {
    url,
    token: typeof token === 'string' ? () => token : token,
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    repetition: { ...defaultRepetition, ...options.repetition },
    timeoutMs: options.timeoutMs ?? defaultTimeoutMs,
    attemptTimeoutMs: options.attemptTimeoutMs ?? defaultAttemptTimeoutMs,
  };
}

function addressOf(url: string, path: string): string {
  if (/^https?:\/\/[^/]/.test(url)) return url.replace(/\/+$/, '');
  throw new PerennialClientError({
    code: 'configuration',
    message: `${path} must begin with http:// or https://.`,
    hint: 'Give the address that `perennial dev` prints.',
    retryable: false,
    status: 0,
    path,
  });
}
