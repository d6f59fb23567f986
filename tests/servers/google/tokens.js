/**
 * The token endpoint of the double: JWTs of service accounts (RFC 7523) for access tokens. Signatures are verified by the package jose.
 */
import { createPublicKey, randomUUID } from 'node:crypto';
import { jwtVerify } from 'jose';

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const KNOWN_SCOPES = new Set(
  ['spreadsheets', 'spreadsheets.readonly', 'drive', 'drive.readonly', 'devstorage.read_only', 'devstorage.read_write', 'devstorage.full_control', 'cloud-platform']
    .map((name) => `https://www.googleapis.com/auth/${name}`),
);

export class TokenEndpoint {
  /** Tokens that were given out. */
  tokens = new Map();
  /** Public keys by e-mail and key id. */
  accounts = new Map();
  lifetime = 3600;
  now = () => Date.now();

  /** @param {{ client_email: string, private_key_id: string }} account @param {import('node:crypto').KeyObject} publicKey */
  register(account, publicKey) {
    this.accounts.set(account.client_email, { kid: account.private_key_id, key: createPublicKey(publicKey.export({ format: 'pem', type: 'spki' })) });
  }

  revokeAll() {
    this.tokens.clear();
  }

  /** @returns {{ status: number, reply: object }} */
  async answer(request, url) {
    const refuse = (error, error_description, status = 400) => ({ status, reply: { error, error_description } });
    if (request.method !== 'POST') return refuse('invalid_request', 'Method not allowed', 405);
    if (!/^application\/x-www-form-urlencoded\b/.test(request.headers['content-type'] ?? '')) return refuse('invalid_request', 'Invalid content type');
    const form = new URLSearchParams(request.text);
    if (form.get('grant_type') !== GRANT) return refuse('unsupported_grant_type', `Invalid grant_type: ${form.get('grant_type')}`);
    try {
      const [head, body] = (form.get('assertion') ?? '').split('.').slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
      const account = this.accounts.get(body.iss);
      if (!account) return refuse('invalid_grant', 'Invalid grant: account not found');
      if (head.alg !== 'RS256' || (head.kid !== undefined && head.kid !== account.kid)) return refuse('invalid_grant', 'Invalid JWT Signature.');
      const currentDate = new Date(this.now());
      const { payload } = await jwtVerify(form.get('assertion'), account.key, { algorithms: ['RS256'], audience: url, currentDate, clockTolerance: 30 });
      if (!(payload.exp - payload.iat <= 3600) || Math.abs(payload.iat * 1000 - currentDate.getTime()) > 300_000) {
        return refuse('invalid_grant', 'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.');
      }
      const scopes = String(payload.scope ?? '').split(' ').filter(Boolean);
      if (scopes.length === 0 || scopes.some((scope) => !KNOWN_SCOPES.has(scope))) return refuse('invalid_scope', 'Invalid OAuth scope or ID token audience provided.');
      const access_token = `ya29.${randomUUID()}`;
      this.tokens.set(access_token, { email: payload.sub ?? payload.iss, scopes, expires: this.now() + this.lifetime * 1000 });
      return { status: 200, reply: { access_token, expires_in: this.lifetime, token_type: 'Bearer' } };
    } catch (error) {
      if (error.code === 'ERR_JWT_EXPIRED') return refuse('invalid_grant', 'Invalid JWT: Token must be a short-lived token and in a reasonable timeframe.');
      return refuse('invalid_grant', error.code === 'ERR_JWT_CLAIM_VALIDATION_FAILED' ? 'Invalid JWT: audience' : 'Invalid JWT Signature.');
    }
  }

  /** Who a bearer token is of, while it is valid. */
  whois(authorization) {
    const [, token] = /^Bearer (\S+)$/.exec(authorization ?? '') ?? [];
    const found = token && this.tokens.get(token);
    return found && found.expires > this.now() ? found : undefined;
  }
}
