export { createAuthBackend, createUserTokenIssuer } from '@stagepass/auth-backend';
export { createHttpAuthService } from '@stagepass/auth-http';
export { isAuthError, isPrincipal, requirePrincipal } from '@stagepass/auth-node';
