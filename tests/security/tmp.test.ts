import { Program } from './Program';
it('x', () => {
  const p = new Program('brokenCrypto.program.ts');
  for (const b of ['nothing','globals','generateKeyPair','randomUUID','createHash','sign','later sign','verify','later verify','createPublicKey', 'randomBytes', 'later createHash'])
    { const { status, stdout, stderr } = p.run({ env: { BREAK: b } }); console.log(b, status, stdout, stderr); }
});
