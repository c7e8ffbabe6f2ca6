/** What a plugin token proves. */
export interface PluginTokenProof {
  /** The subject of the service that signed the token, `plugin:<id>`. */
  readonly subject: string;
  /** The user on whose behalf it calls, as a token that is yet to be verified. */
  readonly limitedUserToken?: string;
}
