import type { Expected, Found } from './expected';

/** One step of the walk: something is done, and all that comes of it is expected beforehand. */
export interface Step {
  name: string;
  act: (saved: Saved) => Action;
  expect: (saved: Saved) => Expected;
  /** What later steps need of the outcome: names, and where each value stands, as in `body.token`. */
  save?: Record<string, string>;
}

/** Steps that belong together. */
export interface Journey {
  title: string;
  steps: Step[];
}

/** What earlier steps saved; and `url`, what outsiders call the backend. */
export type Saved = Record<string, string>;

/** What a step does. */
export type Action =
  /** Sends a request. */
  | { do: 'send'; request: Request }
  /** Stops the backend, and starts it again with the same data; `url` may be another then. */
  | { do: 'restart' }
  /** Tries to start a second backend, with this configuration file. */
  | { do: 'start'; config: string };

/** A request to the backend. */
export interface Request {
  method?: 'GET' | 'POST' | 'DELETE';
  path: string;
  bearer?: string;
  /** The value of the auth cookie. */
  cookie?: string;
  /** A body to send as JSON. */
  json?: object;
}

/** What is to be had where the walk takes place. */
export interface Stage {
  /** Undefined while no backend runs. */
  readonly url: string;
  /** Returns how the first backend ended. */
  restart(): Promise<Found>;
  /** Returns how the attempt ended. */
  start(config: string): Promise<Found>;
}

/** A step that was taken, with all that is needed to judge it, again and again. */
export interface Taken {
  step: Step;
  action: Action;
  expected: Expected;
  found: Found;
}
