import type {
  AuthPolicy,
  AuthService,
  DiscoveryService,
  HttpAuthService,
  UserInfoService,
} from '@stagepass/auth-node';
import type { Knex } from 'knex';

/** What the backend gives to each plugin; everything in it is the plugin's own. */
export interface PluginServices {
  auth: AuthService;
  httpAuth: HttpAuthService;
  userInfo: UserInfoService;
  discovery: DiscoveryService;
  database: Knex;
  /** Makes an exception to the rule that every request needs credentials. */
  addAuthPolicy(policy: AuthPolicy): void;
}
