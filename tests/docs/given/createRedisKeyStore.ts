import type { KeyStore } from '@stagepass/auth-node';

/** A key store of one's own, which is put to the contract. */
export declare function createRedisKeyStore(options: { prefix: string }): KeyStore;
