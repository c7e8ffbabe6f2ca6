import type { HttpAuthService, HttpRouterService } from '@backstage/backend-plugin-api';
import { json, Router } from 'express';

// A backend has Express 4 and its types, the tests around it Express 5: their routers work in both.

type Request = Parameters<HttpAuthService['credentials']>[0];
type Response = Parameters<HttpAuthService['issueUserCookie']>[0];
type Route = (path: string, handler: (req: Request, res: Response) => unknown) => unknown;

/** A router of the kind that the router service of Backstage takes. */
export type BackstageRouter = Parameters<HttpRouterService['use']>[0] & {
  get: Route;
  post: Route;
  delete: Route;
};

/** Makes a router that reads JSON bodies, and passes on what async handlers throw. */
export function createRouter(): BackstageRouter {
  return Router().use(json()) as unknown as BackstageRouter;
}
