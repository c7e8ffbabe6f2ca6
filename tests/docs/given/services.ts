import type {
  AuthService,
  BackstageCredentials,
  BackstageUserPrincipal,
  DiscoveryService,
  HttpAuthService,
  LoggerService,
  UserInfoService,
} from '@stagepass/auth-node';
import type { Backend } from '@backstage/backend-app-api';
import type { JsonObject } from '@backstage/types';
import type { AuthEvent } from '@stagepass/auth-backend';
import type * as express from 'express';

/** What short examples use without saying where it comes from: what a plugin is given by its backend. */
declare global {
  const auth: AuthService;
  const httpAuth: HttpAuthService;
  const userInfo: UserInfoService;
  const discovery: DiscoveryService;
  const logger: LoggerService;
  /** The configuration of the backend. */
  const config: JsonObject;
  /** The routes of the plugin, and the application that they are mounted in. */
  const router: express.Router;
  const app: express.Express;
  /** Somebody who called, and what was presented. */
  const credentials: BackstageCredentials;
  const userCredentials: BackstageCredentials<BackstageUserPrincipal>;
  const token: string;
  /** Where security events go. */
  const audit: (event: AuthEvent) => void;
  /** A Backstage backend, before it is started. */
  const backend: Backend;
}
