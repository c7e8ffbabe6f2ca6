import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { run, type Running } from '../../examples/standalone/src/run';
import { describeInChromium } from './chromium';
import { hop, jane, onBehalf, toMyPlugin, expectedCalls } from './expectedCalls';
import { PageUnderTest } from './PageUnderTest';

describeInChromium('the page of the example', openBrowser => {
  let directory: string;
  let running: Running | undefined;
  let browser: Browser;
  let url: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'stagepass-page-'));
    running = await run({
      args: ['--data', directory],
      env: { PORT: '0' },
      cwd: directory,
      home: resolve(__dirname, '../../examples/standalone'),
      print() {},
      complain() {},
    });
    url = running?.url ?? '';
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await running?.stop();
    await rm(directory, { recursive: true });
  });

  /** What the page must not do, whatever else happens. */
  async function leave(opened: PageUnderTest): Promise<void> {
    const content = await opened.page.content();
    await opened.context.close();
    expect(opened.errors).toEqual([]);
    expect(opened.requests.filter(request => !request.startsWith(`${url}/`))).toEqual([]);
    // Neither a token nor a password, nor anything as long as a signature.
    expect(content.match(/eyJ|demo-|likes-|[\w-]{80}/g) ?? []).toEqual([]);
  }

  describe('shows, hop by hop,', () => {
    let opened: PageUnderTest;
    beforeAll(async () => {
      opened = await PageUnderTest.open(browser, url);
      await opened.signInAs('jane');
    });
    afterAll(() => leave(opened));

    it.each(expectedCalls)('%s', async (name, hops) => {
      await expect(opened.call(name)).resolves.toEqual(hops);
    });

    it('claims, restrictions, actor, challenge and body', async () => {
      const entry = opened.page.locator('#results > li').first();
      await opened.call('A restricted job calls');
      expect(await entry.innerText()).toContain('{"permissionNames":["catalog.entity.read"]}');
      await opened.call('No credentials');
      expect(await entry.innerText()).toContain('WWW-Authenticate: Bearer realm="backend"');
      await opened.call('my-plugin calls on your behalf');
      const text = await entry.innerText();
      expect(text).toContain('from my-plugin, for catalog, on behalf of user:default/jane');
      expect(text).toContain('through the actor plugin:my-plugin');
      expect(text).toContain('"ref": "resource:default/janes-notebook"');
      expect(text).toMatch(/uip\s+for the limited form\s+\(a signature, not shown\)/);
      expect(text).toMatch(/In the log under the correlation id [\w-]{36}/);
    });

    it('the last twelve calls, of which the newest is open', async () => {
      await expect(opened.page.locator('.entry').count()).resolves.toBe(12);
      await expect(opened.page.locator('.entry[open]').count()).resolves.toBe(1);
    });
  });

  it('sets the cookie, opens a page with it, and drops it', async () => {
    const opened = await PageUnderTest.open(browser, url);
    await opened.signInAs('jane');
    expect(await opened.textOf('cookie')).toBe('not set');
    expect(await opened.textOf('expiry')).toMatch(/^expires at .*, in 60 min$/);

    const set = await opened.call('Set the cookie');
    expect(set).toEqual([{ ...toMyPlugin, token: ['User token'] }]);
    expect(await opened.textOf('cookie')).toMatch(/^expires at .*, in 60 min$/);
    await expect(opened.cookies()).resolves.toMatchObject([
      { httpOnly: true, secure: true, sameSite: 'None' },
    ]);

    await expect(opened.call('Open the page with it')).resolves.toEqual([
      hop('browser → my-plugin', { token: ['Limited user token'], believed: jane }),
      hop('my-plugin → catalog', { token: onBehalf, believed: jane }),
    ]);
    const tab = opened.context.waitForEvent('page');
    await opened.page.getByRole('link', { name: 'Open the page of my-plugin' }).click();
    await (await tab).getByText('Hello, user:default/jane').waitFor();

    await opened.call('Drop the cookie');
    expect(await opened.textOf('cookie')).toBe('not set');
    await expect(opened.cookies()).resolves.toEqual([]);
    await leave(opened);
  });

  it('signs out: the cookie is dropped, the token forgotten, and no call can be made', async () => {
    const opened = await PageUnderTest.open(browser, url);
    await opened.signInAs('jane');
    await opened.call('Set the cookie');
    await opened.page.getByRole('button', { name: 'Sign out' }).click();
    await opened.page.getByText('Signed out: the token is forgotten, and the cookie').waitFor();
    await expect(opened.cookies()).resolves.toEqual([]);
    await expect(opened.page.locator('#user-token').textContent()).resolves.toBe('');
    await expect(opened.page.locator('button.call:enabled').count()).resolves.toBe(0);

    await opened.signInAs('john');
    const [first] = await opened.call('You call the catalog');
    expect(first?.believed).toBe('user:default/john');
    await leave(opened);
  });

  it('says when the password is wrong', async () => {
    const opened = await PageUnderTest.open(browser, url);
    await opened.page.getByLabel('User name').fill('jane');
    await opened.page.getByLabel('Password').fill('wrong');
    await opened.page.getByRole('button', { name: 'Sign in' }).click();
    await opened.page.getByRole('alert').getByText('Wrong user name or password').waitFor();
    await leave(opened);
  });

  it('says when the backend does not answer', async () => {
    const opened = await PageUnderTest.open(browser, url);
    await opened.signInAs('jane');
    await opened.context.route('**/api/**', route => route.abort());
    await opened.page.locator('button.call').first().click();
    await opened.page.getByRole('status').getByText('The backend does not answer').waitFor();
    await opened.context.close();
  });

  it('can be used with the keyboard alone', async () => {
    const opened = await PageUnderTest.open(browser, url);
    const { keyboard } = opened.page;
    const focused = opened.page.locator(':focus');
    const tabTo = async (text: string) => {
      for (let presses = 0; presses < 20; presses += 1) {
        await keyboard.press('Tab');
        if ((await focused.innerText()).startsWith(text)) return;
      }
      throw new Error(`no Tab leads to ${text}`);
    };
    await keyboard.press('Tab');
    expect(await focused.innerText()).toBe('Skip to what happened');
    await tabTo('john');
    await keyboard.press('Enter');
    await tabTo('Sign in');
    await keyboard.press('Enter');
    await opened.page.locator('#user:focus').waitFor();
    expect(await focused.innerText()).toBe('user:default/john');
    await tabTo('my-plugin calls on your behalf');
    await keyboard.press('Enter');
    await opened.page.getByRole('status').getByText('then catalog: answered 200').waitFor();
    expect(await focused.innerText()).toContain('my-plugin calls on your behalf');
    await leave(opened);
  });

  it.each([
    ['light', 1280],
    ['light', 320],
    ['dark', 1280],
    ['dark', 320],
  ] as const)('can be read in %s, %i pixels wide', async (colorScheme, width) => {
    const opened = await PageUnderTest.open(browser, url, { colorScheme, width });
    expect(await opened.faintTexts()).toEqual([]);
    await opened.signInAs('jane');
    for (const name of ['A token for another plugin', 'my-plugin calls on your behalf']) {
      await opened.call(name);
      expect(await opened.faintTexts()).toEqual([]);
    }
    await opened.page.locator('.entry summary').last().click();
    expect(await opened.faintTexts()).toEqual([]);
    const overflow = 'document.documentElement.scrollWidth - innerWidth';
    expect(await opened.page.evaluate(overflow)).toBeLessThanOrEqual(0);
    await leave(opened);
  });

  it('names every field, and has no two elements of one id', async () => {
    const opened = await PageUnderTest.open(browser, url);
    await opened.signInAs('jane');
    await opened.call('my-plugin calls on your behalf');
    const nameless = `[...document.querySelectorAll('input, button, a, summary, [tabindex="0"]')]
      .filter(it => !(it.labels?.[0] ?? it).textContent.trim() && !it.ariaLabel).length`;
    expect(await opened.page.evaluate(nameless)).toBe(0);
    const ids = `[...document.querySelectorAll('[id]')].map(({ id }) => id)`;
    const all = await opened.page.evaluate<string[]>(ids);
    expect(new Set(all).size).toBe(all.length);
    await leave(opened);
  });
});
