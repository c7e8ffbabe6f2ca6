import { demo } from '../../demo';
import { entities, hops, json, refusal, service } from '../answers';
import type { Journey } from '../step';

const reportJob = service('external:report-job', { permissionNames: ['catalog.entity.read'] });
const poster = { ref: 'resource:default/poster', owner: 'group:default/storefront', public: false };

export const staticTokens: Journey = {
  title: 'Static tokens',
  steps: [
    {
      name: 'the deploy bot calls the catalog',
      act: { do: 'send', request: { path: '/api/catalog/entities', bearer: demo.deployBot } },
      expect: json(200, {
        hops: hops(['catalog', service('external:deploy-bot')]),
        entities: entities('checkout', 'search', 'website', 'notebook'),
      }),
    },
    {
      name: 'calls on behalf of a service are calls of the plugin',
      act: { do: 'send', request: { path: '/api/my-plugin/on-behalf', bearer: demo.deployBot } },
      expect: json(200, {
        hops: hops(
          ['my-plugin', service('external:deploy-bot')],
          ['catalog', service('plugin:my-plugin')],
        ),
        entities: entities('checkout', 'search', 'website', 'notebook'),
      }),
    },
    {
      name: 'the report job, which is restricted, may read in the catalog',
      act: { do: 'send', request: { path: '/api/catalog/entities', bearer: demo.reportJob } },
      expect: json(200, {
        hops: hops(['catalog', reportJob]),
        entities: entities('checkout', 'search', 'website', 'notebook'),
      }),
    },
    {
      name: 'the report job may not write in the catalog',
      act: {
        do: 'send',
        request: {
          method: 'POST',
          path: '/api/catalog/entities',
          bearer: demo.reportJob,
          json: poster,
        },
      },
      expect: refusal(
        403,
        'POST /api/catalog/entities',
        'NotAllowedError: The permission catalog.entity.create is not granted',
      ),
    },
    {
      name: 'the report job may not call my-plugin at all',
      act: { do: 'send', request: { path: '/api/my-plugin/on-behalf', bearer: demo.reportJob } },
      expect: refusal(
        403,
        'GET /api/my-plugin/on-behalf',
        'NotAllowedError: Access to this plugin is restricted',
        'error="insufficient_scope"',
      ),
    },
    {
      name: 'the deploy bot may write',
      act: {
        do: 'send',
        request: {
          method: 'POST',
          path: '/api/catalog/entities',
          bearer: demo.deployBot,
          json: poster,
        },
      },
      expect: json(201, {
        hops: hops(['catalog', service('external:deploy-bot')]),
        entity: poster,
      }),
    },
    {
      name: 'what the deploy bot wrote is there',
      act: { do: 'send', request: { path: '/api/catalog/entities', bearer: demo.deployBot } },
      expect: json(200, {
        hops: hops(['catalog', service('external:deploy-bot')]),
        entities: [...entities('checkout', 'search', 'website', 'notebook'), poster],
      }),
    },
  ],
};
