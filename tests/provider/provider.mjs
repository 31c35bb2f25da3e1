// A real OpenID provider on a free port of this machine, for the tests: `node provider.mjs FOLDER CALLBACK START`.
//
// It says its address on the first line of standard output. Each line of standard input is an order as JSON, answered by a
// line: sign a token with its own key or with a foreign one, change its keys, go away and come back.
// FOLDER gets the private key of the client that logs people in (web.pem) and its secret (web.secret).
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import path from "node:path";

const require = createRequire(path.join(process.env.SUS_PROVIDER, "package.json"));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const { Provider } = await load("oidc-provider");
const { SignJWT, exportJWK, exportPKCS8, generateKeyPair } = await load("jose");
const [folder, callback, start] = process.argv.slice(2);

const SECRET = "a-secret-of-the-tests-that-is-long-enough";
const AUDIENCE = "https://sus.example/v1";
const people = {
  siv: { agency: "FK", roles: ["deltagaransvarig"], handler: "fk-h-017" },
  asa: { agency: "AF", roles: ["deltagaransvarig"], handler: "af-h-201" },
  ulla: { agency: "FK", roles: ["samverkansansvarig"], handler: "fk-s-001" },
  adam: { agency: "FK", roles: ["samverkansadministrator"], handler: "fk-a-001" },
  both: { agency: "FK", roles: ["deltagaransvarig", "samverkansadministrator"], handler: "fk-h-017" },
  other: { agency: "SKV", roles: ["rapportlasare"], handler: "skv-1" },
};

async function pair(kid, alg) {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid }, jwk: { ...(await exportJWK(privateKey)), kid, use: "sig" } };
}

let round = 0;
let keys;
let handler;
const web = await pair("web-1", "ES256");
writeFileSync(path.join(folder, "web.pem"), await exportPKCS8(web.privateKey), { mode: 0o600 });
writeFileSync(path.join(folder, "web.secret"), SECRET, { mode: 0o600 });

const server = createServer((request, response) => handler(request, response));
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const port = server.address().port;
const issuer = `http://127.0.0.1:${port}`;

const machine = (id) => ({
  client_id: id, client_secret: SECRET, grant_types: ["client_credentials"], response_types: [], redirect_uris: [],
  id_token_signed_response_alg: "ES256",
});
const login = (id, more) => ({
  client_id: id, grant_types: ["authorization_code"], response_types: ["code"], redirect_uris: [callback],
  post_logout_redirect_uris: [start], id_token_signed_response_alg: "ES256", ...more,
});

/** The provider with new keys; tokens of the old ones are no longer its own. */
async function begin() {
  round += 1;
  keys = [await pair(`es-${round}`, "ES256"), await pair(`rsa-${round}`, "RS256")];
  const provider = new Provider(issuer, {
    jwks: { keys: keys.map((key) => key.jwk) },
    cookies: { keys: ["only for tests"] },
    clients: [
      machine("fk-system"),
      machine("af-system"),
      login("web-key", { token_endpoint_auth_method: "private_key_jwt", token_endpoint_auth_signing_alg: "ES256", jwks: { keys: [web.publicJwk] } }),
      login("web-secret", { token_endpoint_auth_method: "client_secret_basic", client_secret: SECRET }),
    ],
    claims: { openid: ["sub", "agency", "roles", "handler"] },
    conformIdTokenClaims: false,
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: `pseudonym-${id.length}`, ...people[id] }) }),
    extraTokenClaims: (_context, token) => ({ agency: token.clientId.slice(0, 2).toUpperCase(), roles: ["system"] }),
    // Tests set the service's clock forward by hours, and the provider's stays.
    ttl: { IdToken: 12 * 3600 },
    pkce: { required: () => true },
    features: {
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, resource) => ({
          scope: "api", audience: resource, accessTokenTTL: 600, accessTokenFormat: "jwt",
          jwt: { sign: { alg: resource.endsWith("/ps") ? "PS256" : "ES256" } },
        }),
      },
    },
  });
  handler = provider.callback();
}

const orders = {
  async sign({ header, claims }) {
    const given = { alg: "ES256", kid: keys[0].jwk.kid, typ: "at+jwt", ...header };
    return { token: await new SignJWT(claims).setProtectedHeader(given).sign(keys[0].privateKey) };
  },
  async foreign({ claims }) {
    const other = await pair(keys[0].jwk.kid, "ES256");
    const given = { alg: "ES256", kid: keys[0].jwk.kid, typ: "at+jwt" };
    return { token: await new SignJWT(claims).setProtectedHeader(given).sign(other.privateKey) };
  },
  async rotate() {
    await begin();
    return {};
  },
  async leave() {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
    return {};
  },
  async back() {
    await new Promise((done) => server.listen(port, "127.0.0.1", done));
    return {};
  },
};

await begin();
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
// The library speaks on standard output too; what is said to the test begins with a brace.
say({ issuer, audience: AUDIENCE, secret: SECRET });
for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  try {
    say(await orders[order.do](order));
  } catch (error) {
    say({ error: String(error) });
  }
}
process.exit(0);
