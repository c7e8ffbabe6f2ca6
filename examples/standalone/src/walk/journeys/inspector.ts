import { demo } from '../../demo';
import { entities, hops, json, refusal, someId, user } from '../answers';
import type { Expected } from '../expected';
import type { Journey } from '../step';
import { firstHop, refusedHop, secondHop } from '../tracedHops';
import { claimsOf } from './refusals';

const traces = '/api/inspector/traces';
const uncached = { 'cache-control': 'no-store' };

const visible = entities('checkout', 'website', 'notebook');

export const inspector: Journey = {
  title: 'The page of the demo, and its inspector',
  steps: [
    {
      name: 'the page is there, and may load nothing from elsewhere',
      act: { do: 'send', request: { method: 'HEAD', path: '/' } },
      expect: { status: 200, headers: pageHeaders('text/html; charset=utf-8'), body: '' },
    },
    {
      name: 'it learns who can call',
      act: { do: 'send', request: { path: '/demo.json' } },
      expect: {
        status: 200,
        headers: pageHeaders('application/json; charset=utf-8'),
        body: { ...demo },
      },
    },
    {
      name: 'jane opens a trace for a call to come',
      act: ({ jane }) => ({ do: 'send', request: { method: 'POST', path: traces, bearer: jane } }),
      expect: json(201, { id: someId }, uncached),
      save: { trace: 'body.id' },
    },
    {
      name: 'she makes the call under that id',
      act: ({ jane, trace }) => ({
        do: 'send',
        request: { path: '/api/my-plugin/on-behalf', bearer: jane, requestId: trace },
      }),
      expect: json(200, {
        hops: hops(['my-plugin', user('jane')], ['catalog', user('jane', 'plugin:my-plugin')]),
        entities: visible,
      }),
    },
    {
      name: 'the trace tells both hops: what came in, who is believed, what was answered',
      act: ({ jane, trace }) => ({
        do: 'send',
        request: { path: `${traces}/${trace}`, bearer: jane },
      }),
      expect: ({ url, userKid, pluginKid, trace }) =>
        json(
          200,
          { trace: [firstHop({ url, userKid, trace }), secondHop({ userKid, pluginKid, trace })] },
          uncached,
        ),
    },
    {
      name: 'john cannot read the trace',
      act: ({ john, trace }) => ({
        do: 'send',
        request: { path: `${traces}/${trace}`, bearer: john },
      }),
      expect: ({ trace }) =>
        refusal(404, `GET ${traces}/${trace}`, 'NotFoundError: You have no such trace'),
    },
    {
      name: 'nor can anybody with nothing but the cookie',
      act: ({ cookie, trace }) => ({ do: 'send', request: { path: `${traces}/${trace}`, cookie } }),
      expect: ({ trace }) =>
        refusal(401, `GET ${traces}/${trace}`, 'AuthenticationError: Missing credentials', ''),
    },
    {
      name: 'nor does the deploy bot have traces',
      act: { do: 'send', request: { method: 'POST', path: traces, bearer: demo.deployBot } },
      expect: refusal(
        403,
        `POST ${traces}`,
        "NotAllowedError: This endpoint does not allow 'service' credentials",
        'error="insufficient_scope"',
      ),
    },
    {
      name: 'jane opens a second trace',
      act: ({ jane }) => ({ do: 'send', request: { method: 'POST', path: traces, bearer: jane } }),
      expect: json(201, { id: someId }, uncached),
      save: { refusedTrace: 'body.id' },
    },
    {
      name: 'under it she sends a token that was tampered with',
      act: ({ jane, john, refusedTrace }) => ({
        do: 'send',
        request: {
          path: '/api/catalog/whoami',
          bearer: claimsOf(jane, john),
          requestId: refusedTrace,
        },
      }),
      expect: refusal(
        401,
        'GET /api/catalog/whoami',
        'AuthenticationError: Illegal token',
        'error="invalid_token"',
      ),
    },
    {
      name: 'the trace tells why it was refused, which the caller was not told',
      act: ({ jane, refusedTrace }) => ({
        do: 'send',
        request: { path: `${traces}/${refusedTrace}`, bearer: jane },
      }),
      expect: ({ url, userKid, refusedTrace }) =>
        json(200, { trace: [refusedHop({ url, userKid, trace: refusedTrace })] }, uncached),
    },
  ],
};

function pageHeaders(type: string): { [name: string]: Expected } {
  return {
    'content-type': type,
    'content-security-policy':
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
    'cache-control': 'no-cache',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
}
