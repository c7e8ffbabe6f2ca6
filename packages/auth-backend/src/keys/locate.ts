import { BlockList, isIP } from 'node:net';
import type { DiscoveryService } from '@stagepass/auth-node';
import { quote } from '@stagepass/auth-node/internal';

/** Where no plugin lives, but the metadata of cloud machines does (RFC 3927, RFC 4291 section 2.5.6). */
const linkLocal = new BlockList();
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4');
linkLocal.addSubnet('fe80::', 10, 'ipv6');

/** Where something is that a plugin publishes. */
export interface Location {
  /** As discovery gave it. */
  readonly baseUrl: string;
  readonly url: string;
}

/**
 * Returns the URL of what a plugin publishes below its base URL.
 *
 * @param path - begins with a slash
 * @param last - where it was before: to read a URL again takes longer than to ask discovery
 * @throws Error that says what is wrong with what discovery answers, fit for a log
 */
export async function locate(
  discovery: DiscoveryService,
  pluginId: string,
  path: string,
  last?: Location,
): Promise<Location> {
  let baseUrl: string;
  let url: URL;
  try {
    baseUrl = await discovery.getBaseUrl(pluginId);
    if (last && baseUrl === last.baseUrl) return last;
    url = new URL(baseUrl);
  } catch (cause) {
    const why = `discovery does not give a base URL for the plugin ${quote(pluginId)}`;
    throw new Error(`${why}: ${quote(String(cause))}`, { cause });
  }
  const problem = whyUnfit(url, baseUrl);
  if (problem) {
    throw new Error(
      `expected discovery to give the plugin ${quote(pluginId)} a base URL ${problem}`,
    );
  }
  url.pathname = url.pathname.replace(/\/+$/, '') + path;
  return { baseUrl, url: url.href };
}

function whyUnfit(url: URL, written: string): string | undefined {
  const { protocol, username, password, search, hash } = url;
  if (!['http:', 'https:'].includes(protocol) || username !== '' || password !== '') {
    return `of http or https without credentials, found one of ${quote(protocol)}`;
  }
  if (search !== '' || hash !== '') return 'without a query, to which a path can be added';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  // Where host names are made of plugin ids, an id of digits must not become an address.
  if (family === 4 && !written.includes(host)) {
    return `with a host name, or an address of four numbers, found one that means ${quote(host)}`;
  }
  if (family !== 0 && linkLocal.check(host, family === 4 ? 'ipv4' : 'ipv6')) {
    return `with a host that is not link-local, found ${quote(host)}`;
  }
  return undefined;
}
