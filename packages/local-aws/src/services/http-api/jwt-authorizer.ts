import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Context } from '../../context.ts';
import type { HttpRequest, HttpResponse } from '../../http.ts';
import { isObject } from '../../json.ts';
import { block, type Resource } from '../../plan/read-plan.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';
import { message } from './response.ts';

/** What a token says of its bearer, each claim as text. */
export type Claims = Readonly<Record<string, string>>;

/** Verifies the token of a request: gives its claims, or the response to a request that isn't let in. */
export type Authorize = (request: HttpRequest) => Promise<{ claims: Claims } | { refusal: HttpResponse }>;

/** The keys of an issuer can't be had. */
class IssuerError extends Error {}

/** A token that isn't taken, and why. */
class InvalidTokenError extends Error {}

/**
 * A JWT authorizer, as API Gateway has it: takes tokens of the issuer, for one of the audiences, signed with RSA. The
 * keys are those that the issuer publishes.
 *
 * @throws {UnsupportedError} for another kind of authorizer
 */
export function createJwtAuthorizer(
  authorizer: Resource,
  { clock, onFailure }: Pick<Context, 'clock' | 'onFailure'>,
): Authorize {
  const { issuer, audiences } = readTrusted(authorizer);
  let keys: Promise<JWTVerifyGetKey> | undefined;

  async function verify(token: string): Promise<JWTPayload> {
    keys ??= findKeys(issuer);
    const now = new Date(clock.now());
    const { payload } = await jwtVerify(token, await keys, {
      issuer,
      algorithms: ['RS256', 'RS384', 'RS512'],
      requiredClaims: ['exp'],
      currentDate: now,
    });
    const { aud, client_id: clientId, iat = 0 } = payload;
    // API Gateway looks at client_id only if there is no aud.
    const meant: unknown[] = [aud ?? clientId].flat();
    if (!meant.some((each) => audiences.includes(each)))
      throw new InvalidTokenError('the token does not have a valid audience');
    if (iat > now.getTime() / 1_000) throw new InvalidTokenError('the token is issued in the future');
    return payload;
  }

  return async ({ headers: { authorization } }) => {
    if (authorization === undefined) return { refusal: unauthorized('Bearer') };
    try {
      return { claims: asText(await verify(authorization.replace(/^Bearer /i, ''))) };
    } catch (error) {
      if (error instanceof IssuerError) {
        keys = undefined;
        onFailure(`${authorizer.address}: the keys of ${issuer} can't be had. ${error.message}`);
      }
      const why = `error="invalid_token" error_description="${describe(error)}"`;
      return { refusal: unauthorized(`Bearer scope="" ${why}`) };
    }
  };
}

/** Whose tokens are taken, and for whom they have to be. */
function readTrusted(authorizer: Resource): { issuer: string; audiences: readonly unknown[] } {
  const { address, attributes } = authorizer;
  const from = JSON.stringify(attributes.identity_sources);
  if (attributes.authorizer_type !== 'JWT' || from !== '["$request.header.Authorization"]') {
    throw new UnsupportedError(
      `${address}: the local run knows authorizers of the type JWT that read $request.header.Authorization, ` +
        `received ${JSON.stringify(attributes.authorizer_type)} and ${from}`,
    );
  }
  const { issuer, audience } = block(authorizer, 'jwt_configuration', ['issuer', 'audience']);
  if (typeof issuer === 'string' && Array.isArray(audience) && audience.length > 0)
    return { issuer, audiences: audience };
  throw new UnsupportedError(
    `${address}: jwt_configuration has to have an issuer and a list of audiences, ` +
      `received ${JSON.stringify(attributes.jwt_configuration)}`,
  );
}

/**
 * Finds the keys of an issuer, by its OpenID configuration.
 *
 * @throws {IssuerError}
 */
async function findKeys(issuer: string): Promise<JWTVerifyGetKey> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const keys = await orIssuerError(async () => {
    const response = await fetch(url);
    const configuration: unknown = response.ok ? await response.json() : undefined;
    if (!isObject(configuration)) throw new Error(`${url} answered ${response.status}`);
    return createRemoteJWKSet(new URL(String(configuration.jwks_uri)));
  });
  return (header, token) => orIssuerError(() => keys(header, token));
}

async function orIssuerError<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    // The issuer has answered; it is the token that names no key.
    if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
      throw error;
    throw new IssuerError(error instanceof Error && error.cause ? `${error}: ${error.cause}` : String(error));
  }
}

/** AWS documents the sentence on the audience alone; nothing may depend on the others. */
function describe(error: unknown): string {
  if (error instanceof IssuerError) return 'OIDC discovery endpoint communication error';
  if (error instanceof InvalidTokenError) return error.message;
  if (error instanceof errors.JWTExpired) return 'the token has expired';
  if (error instanceof errors.JWTClaimValidationFailed)
    return `the token does not have a valid ${error.claim}`;
  if (error instanceof errors.JOSEAlgNotAllowed) return 'the token is not signed with RSA';
  if (error instanceof errors.JWKSNoMatchingKey) return 'no key of the issuer has signed the token';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'the signature is invalid';
  return 'the token is malformed';
}

const unauthorized = (challenge: string): HttpResponse =>
  // API Gateway sends no content type with this message.
  message(401, 'Unauthorized', { 'www-authenticate': challenge });

/** Claims as a function gets them: numbers as text, a list as `[a b]`. */
const asText = (payload: JWTPayload): Claims =>
  Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, claimText(value)]));

function claimText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(claimText).join(' ')}]`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
