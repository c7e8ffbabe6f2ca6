import type { Browser, BrowserContext, Page } from 'playwright-core';

/** A hop as the page shows it, in short. */
export interface ShownHop {
  /** As in `my-plugin → catalog`. */
  call: string;
  /** The kind of token that came in, with the kinds of those inside. */
  token: string[];
  /** Whom the plugin believes to be calling. */
  believed: string;
  status: string;
  /** What the caller reads, the code and the reason. */
  refusal: string[];
}

/** The page of the example in a browser profile of its own, and all that it did there. */
export class PageUnderTest {
  readonly errors: string[] = [];
  readonly requests: string[] = [];
  readonly context: BrowserContext;
  readonly page: Page;

  private constructor(context: BrowserContext, page: Page) {
    this.context = context;
    this.page = page;
    context.on('request', request => this.requests.push(request.url()));
    page.on('pageerror', error => this.errors.push(error.message));
    page.on('console', message => {
      // Of an answer that is an error the browser itself writes a line.
      const isAnswer = /^Failed to load resource: .* status of 40[13] /.test(message.text());
      if (!isAnswer) this.errors.push(`${message.type()}: ${message.text()}`);
    });
  }

  static async open(
    browser: Browser,
    url: string,
    options: { colorScheme?: 'light' | 'dark'; width?: number } = {},
  ): Promise<PageUnderTest> {
    const { colorScheme = 'light', width = 1280 } = options;
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 } });
    const opened = new PageUnderTest(context, await context.newPage());
    await opened.page.goto(url);
    await opened.page.getByRole('button', { name: 'jane' }).waitFor();
    return opened;
  }

  async signInAs(name: 'jane' | 'john'): Promise<void> {
    await this.page.getByRole('button', { name }).click();
    await this.page.getByRole('button', { name: 'Sign in' }).click();
    await this.page.getByText(`user:default/${name}`).first().waitFor();
  }

  /** Makes a call of the page, and reads what it shows of it. */
  async call(name: string): Promise<ShownHop[]> {
    await this.page.locator('button.call', { hasText: new RegExp(`^${name}`) }).click();
    await this.page.locator('[aria-busy]').waitFor({ state: 'detached' });
    return this.newest();
  }

  /** Reads the entry of the last call. */
  async newest(): Promise<ShownHop[]> {
    const hops = await this.page.locator('#results > li').first().locator('.hop').all();
    return Promise.all(
      hops.map(async hop => {
        const texts = async (selector: string) =>
          (await hop.locator(selector).allInnerTexts()).map(text => text.trim());
        const [heading = '', route = ''] = await texts('h4, h4 code');
        return {
          call: heading.replace(route, '').trim(),
          token: await texts('.columns > :first-child .kind'),
          believed: (await texts('.principal')).join(),
          status: (await texts('.status')).join(),
          refusal: await texts('.refusal q, .refusal strong, .refusal .reason'),
        };
      }),
    );
  }

  async textOf(id: string): Promise<string> {
    return (await this.page.locator(`#${id}`).innerText()).trim();
  }

  /** The auth cookies in the profile; scripts cannot see them. */
  async cookies() {
    const cookies = await this.context.cookies();
    return cookies.filter(({ name }) => name === 'backstage-auth');
  }

  /** Texts that stand out too little from their background (WCAG 2.2, 1.4.3), with their contrast. */
  faintTexts(): Promise<string[]> {
    return this.page.evaluate<string[]>(findFaintTexts);
  }
}

/** Runs in the browser, where nothing of this file is known. */
const findFaintTexts = `(() => {
  const channels = color => color.match(/[\\d.]+/g).map(Number);
  const linear = value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) =>
    0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
  const background = element => {
    const color = channels(getComputedStyle(element).backgroundColor);
    return color[3] === 0 && element.parentElement ? background(element.parentElement) : color;
  };
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const element = node.parentElement;
    const text = node.textContent.trim();
    if (text === '' || !element.checkVisibility() || element.closest('noscript')) continue;
    const lights = [channels(getComputedStyle(element).color), background(element)].map(luminance);
    const contrast = (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
    if (contrast < 4.5) found.push(text + ': ' + contrast.toFixed(2));
  }
  return found;
})()`;
