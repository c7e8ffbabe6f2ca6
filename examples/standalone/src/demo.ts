/**
 * Who can call the backend that `app-config.yaml` describes. These are no secrets: everyone who reads the
 * project knows them.
 */
export const demo = {
  jane: { username: 'jane', password: 'jane-likes-trains' },
  john: { username: 'john', password: 'john-likes-boats' },
  /** May call every plugin. */
  deployBot: 'demo-deploy-bot-4Jd8sTq2Lw',
  /** May read in the catalog. */
  reportJob: 'demo-report-job-9Xc3vBn7Rk',
};
