/** The suite of a plugin author, unchanged, on our mocks. */
import type * as testUtils from '@backstage/backend-test-utils';
import { mockCredentials, mockErrorHandler, mockServices } from '@backstage/backend-test-utils';
import * as ours from '@stagepass/auth-test-utils/backstage';
import './suite';

jest.mock('@backstage/backend-test-utils', () => {
  const theirs = jest.requireActual<typeof testUtils>('@backstage/backend-test-utils');
  const { mockServices, mockCredentials, mockErrorHandler } = jest.requireActual<typeof ours>(
    '@stagepass/auth-test-utils/backstage',
  );
  // A test backend has Backstage's mocks for what it is not given: here they must not be asked anything.
  const { auth, httpAuth, userInfo } = theirs.mockServices;
  for (const service of [auth(), httpAuth(), userInfo()]) {
    const prototype = Object.getPrototypeOf(service) as Record<string, unknown>;
    for (const method of Object.getOwnPropertyNames(prototype)) {
      if (method === 'constructor') continue;
      prototype[method] = () => {
        throw new Error("Backstage's mock was asked");
      };
    }
  }
  return {
    ...theirs,
    mockServices: { ...theirs.mockServices, ...mockServices },
    mockCredentials,
    mockErrorHandler,
  };
});

it('runs on the mocks of Stagepass', () => {
  for (const name of Object.keys(ours.mockServices) as Array<keyof typeof ours.mockServices>) {
    expect(mockServices[name]).toBe(ours.mockServices[name]);
  }
  expect(mockCredentials).toBe(ours.mockCredentials);
  expect(mockErrorHandler).toBe(ours.mockErrorHandler);
});
