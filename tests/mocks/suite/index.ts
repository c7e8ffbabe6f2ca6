/**
 * What a plugin author tests with `@backstage/backend-test-utils`, and with its mocks alone: nothing in this
 * folder knows that there are others.
 */
import './mockCredentials.suite';
import './mockServices.suite';
import './factories.suite';
import './todoRouter.suite';
import './todoPlugin.suite';
import './todoServices.suite';
import './authPlugin.suite';
