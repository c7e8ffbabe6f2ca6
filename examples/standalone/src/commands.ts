import { demo } from './demo';

/** The commands to try, for bash and curl, to be pasted one after the other or all at once. */
export function commands(url: string): string[] {
  const signIn = JSON.stringify(demo.jane);
  return [
    '',
    'Paste these into another terminal, from top to bottom.',
    '',
    `URL=${url}`,
    '',
    '# Sign in as jane, and keep the token',
    `curl -s $URL/api/auth/sign-in -H 'Content-Type: application/json' -d '${signIn}' -o sign-in.json`,
    `JANE=$(sed -n 's/.*"token": "\\(.*\\)".*/\\1/p' sign-in.json)`,
    '',
    '# Two hops: my-plugin calls the catalog on behalf of jane; `hops` says whom each of them saw',
    'curl -s $URL/api/my-plugin/on-behalf -H "Authorization: Bearer $JANE"',
    '',
    '# The same call, made by my-plugin as itself',
    'curl -s $URL/api/my-plugin/as-myself -H "Authorization: Bearer $JANE"',
    '',
    '# A static token: a caller from outside the backend',
    `curl -s $URL/api/my-plugin/on-behalf -H 'Authorization: Bearer ${demo.deployBot}'`,
    '',
    '# A restricted one may read in the catalog, but not write, and not call my-plugin',
    `curl -s $URL/api/catalog/entities -H 'Authorization: Bearer ${demo.reportJob}'`,
    `curl -s -X POST $URL/api/catalog/entities -H 'Authorization: Bearer ${demo.reportJob}'`,
    `curl -s $URL/api/my-plugin/on-behalf -H 'Authorization: Bearer ${demo.reportJob}'`,
    '',
    '# Without credentials: refused, and WWW-Authenticate says what is missing',
    'curl -s -i $URL/api/my-plugin/on-behalf',
    '',
    '# The cookie: get it, open the page with it, drop it',
    'curl -s -i $URL/api/my-plugin/.backstage/auth/v1/cookie -H "Authorization: Bearer $JANE" -c cookies.txt',
    'curl -s $URL/api/my-plugin/page -b cookies.txt',
    'curl -s -i -X DELETE $URL/api/my-plugin/.backstage/auth/v1/cookie -H "Authorization: Bearer $JANE" -b cookies.txt -c cookies.txt',
    'curl -s -i $URL/api/my-plugin/page -b cookies.txt',
    '',
    'Stop with Ctrl-C. Started again, the backend still accepts the tokens from before.',
  ];
}
