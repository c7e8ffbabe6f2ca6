// A Backstage backend listens for the end of its process, to end it itself; the process of a test run would
// not end.
afterAll(() => {
  for (const event of ['beforeExit', 'SIGTERM', 'SIGINT']) process.removeAllListeners(event);
});
