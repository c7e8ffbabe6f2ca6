import { demo } from './demo';

/** The commands to try, for bash and curl, to be pasted one after the other or all at once. */
export function commands(url: string): string[] {
  const jane = '-H "Authorization: Bearer $JANE"';
  const deployBot = `-H 'Authorization: Bearer ${demo.deployBot}'`;
  const reportJob = `-H 'Authorization: Bearer ${demo.reportJob}'`;
  const cookieRoute = '$URL/api/my-plugin/.backstage/auth/v1/cookie';
  return [
    '',
    `Open ${url} in a browser: sign in, make the calls, and see hop by hop what travels and who is believed.`,
    '',
    'Or paste these into another terminal, from top to bottom:',
    '',
    '# Sign in as jane, and keep the token',
    `URL=${url}`,
    `JANE=$(curl -s $URL/api/auth/sign-in -H 'Content-Type: application/json' -d '${JSON.stringify(demo.jane)}' | sed -n 's/.*"token": "\\(.*\\)".*/\\1/p')`,
    '',
    '# Two hops: my-plugin calls the catalog on behalf of jane; "hops" tells whom each of them saw',
    `curl -sw '\\n' $URL/api/my-plugin/on-behalf ${jane}`,
    '',
    '# The same, but my-plugin calls as itself',
    `curl -sw '\\n' $URL/api/my-plugin/as-myself ${jane}`,
    '',
    '# A static token, for a caller from outside the backend',
    `curl -sw '\\n' $URL/api/catalog/entities ${deployBot}`,
    '',
    '# A restricted one: it may read in the catalog (200), not write there (403), and not call my-plugin (403)',
    `curl -sw '\\n' $URL/api/catalog/entities ${reportJob}`,
    `curl -sw '\\n' -X POST $URL/api/catalog/entities ${reportJob}`,
    `curl -sw '\\n' $URL/api/my-plugin/on-behalf ${reportJob}`,
    '',
    '# No credentials: refused (401), and the header WWW-Authenticate asks for them',
    `curl -siw '\\n' $URL/api/my-plugin/on-behalf`,
    '',
    '# Get the cookie, and open the page with it',
    `COOKIE=$(curl -si ${cookieRoute} ${jane} | sed -n 's/^Set-Cookie: \\([^;]*\\).*/\\1/p')`,
    'echo "$COOKIE"',
    `curl -sw '\\n' -b "$COOKIE" $URL/api/my-plugin/page`,
    '',
    '# Drop the cookie (a browser obeys the Set-Cookie with a past date); without it the page is closed (401)',
    `curl -siw '\\n' -b "$COOKIE" -X DELETE ${cookieRoute} ${jane}`,
    `curl -siw '\\n' $URL/api/my-plugin/page`,
    '',
    'Ctrl-C stops the backend. Start it again: $JANE is still good.',
  ];
}
