import type { Expected, Found } from './expected';

/** One step of the walk: something is done, and all that comes of it is expected beforehand. */
export interface Step {
  name: string;
  act: Given<Action>;
  expect: Given<Expected>;
  /** What later steps need of the outcome, and where it stands, as in `body.token`. */
  save?: Partial<Record<keyof Saved, string>>;
}

/** Steps that belong together. */
export interface Journey {
  title: string;
  steps: Step[];
}

/** What earlier steps saved; empty until then. */
export interface Saved {
  /** What outsiders call the backend. */
  url: string;
  /** Key ids of the first keys of user tokens, and of my-plugin. */
  userKid: string;
  pluginKid: string;
  /** The user tokens of two users, and when they expire. */
  jane: string;
  janeExpiresAt: string;
  john: string;
  johnExpiresAt: string;
  /** A token from my-plugin to the catalog, on behalf of jane. */
  pluginToken: string;
  /** The value of jane's cookie. */
  cookie: string;
  /** The ids of two traces of jane's calls. */
  trace: string;
  refusedTrace: string;
}

/** A value, or how it follows from what was saved. */
export type Given<T> = T | ((saved: Saved) => T);

/** What a step does. */
export type Action =
  /** Sends a request. */
  | { do: 'send'; request: Request }
  /** Stops the backend, and starts it again with the same data; `url` may be another then. */
  | { do: 'restart' }
  /** Tries to start a second backend, with this configuration file: a text, JSON, or none at all. */
  | { do: 'start'; config?: string | object };

/** A request to the backend. */
export interface Request {
  method?: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  path: string;
  bearer?: string;
  /** The value of the auth cookie. */
  cookie?: string;
  /** The header `x-request-id`. */
  requestId?: string;
  /** A body to send as JSON. */
  json?: object;
}

/** What is to be had where the walk takes place. */
export interface Stage {
  /** What outsiders call the backend. */
  readonly url: string;
  /** Returns the `exitCode` with which the backend ended before it was started again. */
  restart(): Promise<Found>;
  /** Returns how the attempt ended: `exitCode`, and the lines of `stdout` and `stderr`. */
  start(config?: string): Promise<Found>;
}

/** A step that was taken, with all that is needed to judge it, again and again. */
export interface Taken {
  journey: string;
  step: Step;
  action: Action;
  expected: Expected;
  found: Found;
}
