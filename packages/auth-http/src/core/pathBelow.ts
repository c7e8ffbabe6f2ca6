/**
 * Returns the path of a request below that where a plugin is mounted, exactly as received and without query:
 * what {@link CredentialsBarrier.admit} takes. It is empty, and so never open, for a request target that is not
 * below, for one that is no path, and for one whose query follows the host: routers disagree on where that ends.
 *
 * @param target - the request target (RFC 9112 section 3.2) as received, such as `/api/my-plugin/items?page=1`
 * @param basePath - where the plugin is mounted, such as `/api/my-plugin`; empty: at the root
 * @public
 */
export function pathBelow(target: string, basePath = ''): string {
  const afterHost = target.replace(/^https?:\/\/[\w.:[\]-]+(?=\/|$)/i, '');
  const path = afterHost.replace(/\?.*$/s, '') || (afterHost === target ? '' : '/');
  if (!path.startsWith('/')) return '';
  if (path === basePath) return '/';
  return path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : '';
}
