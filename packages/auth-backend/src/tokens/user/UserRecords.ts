import type { Clock } from '@stagepass/auth-node';
import type { JsonObject } from '@backstage/types';
import type { Knex } from 'knex';
import { USER_INFO_TABLE } from '../../keys/sqlTables';

/** The claims of a user at the last sign-in. */
export type UserClaims = { sub: string; ent: string[] } & JsonObject;

/** Where the claims of users are kept, since the token leaves out what may be large. */
export interface UserRecords {
  /** Replaces what was stored of the user. */
  save(claims: UserClaims): Promise<void>;
  /** Returns what was stored at the last sign-in; undefined for a user who never signed in. */
  find(userEntityRef: string): Promise<UserClaims | undefined>;
}

/** Records that end with the process. */
export class MemoryUserRecords implements UserRecords {
  readonly #records = new Map<string, string>();

  save(claims: UserClaims): Promise<void> {
    this.#records.set(claims.sub, JSON.stringify(claims));
    return Promise.resolve();
  }

  find(userEntityRef: string): Promise<UserClaims | undefined> {
    const record = this.#records.get(userEntityRef);
    return Promise.resolve(record === undefined ? undefined : (JSON.parse(record) as UserClaims));
  }
}

/** Records in a SQL database, shared by the replicas of the auth plugin. */
export class KnexUserRecords implements UserRecords {
  readonly #client: Knex;
  readonly #clock: Clock;

  constructor(client: Knex, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  async save(claims: UserClaims): Promise<void> {
    await this.#client(USER_INFO_TABLE)
      .insert({
        user_entity_ref: claims.sub,
        user_info: JSON.stringify(claims),
        updated_at: new Date(this.#clock.now()).toISOString(),
      })
      .onConflict('user_entity_ref')
      .merge();
  }

  async find(userEntityRef: string): Promise<UserClaims | undefined> {
    const row = (await this.#client(USER_INFO_TABLE)
      .where({ user_entity_ref: userEntityRef })
      .first('user_info')) as { user_info: string } | undefined;
    return row && (JSON.parse(row.user_info) as UserClaims);
  }
}
