import type { Host, LocalRoutes } from '@orders/local-aws';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** A stand-in for whoever issues the tokens that clients of the API have. It gives one to anybody who asks. */
export interface Issuer {
  /** Its address, which its tokens have as `iss`. */
  url: string;
  /** What its tokens are for, which they have as `aud`. */
  audience: string;
  /** Its keys, found as OpenID Connect finds them, and its tokens. */
  routes: LocalRoutes;
}

const algorithm = 'RS256';
const lifetimeSeconds = 60 * 60;

/** @param endpoint the address of this process */
export function createIssuer(endpoint: string, { clock, ids }: Pick<Host, 'clock' | 'ids'>): Issuer {
  const url = `${endpoint}/_local/issuer`;
  const audience = 'orders';
  const keyId = ids.uuid();
  // Made when it is needed, since it takes its time. Another one in each run, so a token lives no longer than a run.
  let pair: ReturnType<typeof generateKeyPair> | undefined;
  const keys = () => {
    pair ??= generateKeyPair(algorithm);
    return pair;
  };

  return {
    url,
    audience,
    routes: {
      'GET /_local/issuer/.well-known/openid-configuration': () => ({
        status: 200,
        body: { issuer: url, jwks_uri: `${url}/.well-known/jwks.json` },
      }),

      'GET /_local/issuer/.well-known/jwks.json': async () => {
        const key = await exportJWK((await keys()).publicKey);
        return { status: 200, body: { keys: [{ ...key, kid: keyId, alg: algorithm, use: 'sig' }] } };
      },

      'POST /_local/issuer/token?sub=shop': async ({ query }) => {
        const issuedAt = Math.floor(clock.now() / 1_000);
        const token = await new SignJWT({ sub: query.get('sub') ?? 'somebody' })
          .setProtectedHeader({ alg: algorithm, kid: keyId })
          .setIssuer(url)
          .setAudience(audience)
          .setIssuedAt(issuedAt)
          .setExpirationTime(issuedAt + lifetimeSeconds)
          .sign((await keys()).privateKey);
        return { status: 200, body: token };
      },
    },
  };
}
