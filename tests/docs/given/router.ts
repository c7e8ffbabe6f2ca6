import type { AuthService, DiscoveryService, HttpAuthService } from '@stagepass/auth-node';
import type { Router } from 'express';

/** The routes of the plugin that a test is about. */
export declare function createRouter(services: {
  auth?: AuthService;
  httpAuth: HttpAuthService;
  discovery?: DiscoveryService;
}): Router;
