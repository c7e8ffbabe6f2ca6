import { send } from './request.js';

/** One walk through one running backend: where it is, and what the steps before have found. */
export class Walk {
  /**
   * @param {{ implementation: string, backend: object, side: object, thirdParty: object,
   *   early?: object, browser?: object }} options - `side`: see `sideServer.js`
   */
  constructor(options) {
    Object.assign(this, options);
    /** Every token that was sent: none of them may stand in the log. */
    this.sent = new Set();
    /** The user token of the sign-in. */
    this.user = undefined;
    this.task = undefined;
    /** The last token between plugins. */
    this.caught = undefined;
  }

  get(path, options) {
    return this.send('GET', path, options);
  }

  send(method, path, options = {}) {
    const { bearer, cookie } = options;
    if (bearer) this.sent.add(bearer);
    if (cookie) this.sent.add(cookie.slice(cookie.indexOf('=') + 1));
    return send(`${this.backend.url}${path}`, { method, ...options });
  }

  /** Signs in as the guest, who is `user:default/jane`. */
  async signIn() {
    const answer = await this.get('/api/auth/guest/refresh');
    this.user = answer.body?.backstageIdentity?.token;
    if (this.user) this.sent.add(this.user);
    return answer;
  }
}
