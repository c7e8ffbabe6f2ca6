/** The suite of a plugin author, on the mocks that it was written for. */
import { mockCredentials, mockErrorHandler, mockServices } from '@backstage/backend-test-utils';
import * as ours from '@stagepass/auth-test-utils/backstage';
import './suite';

it('runs on the mocks of Backstage', () => {
  for (const name of Object.keys(ours.mockServices) as Array<keyof typeof ours.mockServices>) {
    expect(mockServices[name]).not.toBe(ours.mockServices[name]);
  }
  expect(mockCredentials).not.toBe(ours.mockCredentials);
  expect(mockErrorHandler).not.toBe(ours.mockErrorHandler);
});
