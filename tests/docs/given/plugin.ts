import type { BackendFeature } from '@backstage/backend-plugin-api';

/** The Backstage plugin that a test is about. */
export declare const todoPlugin: BackendFeature;
