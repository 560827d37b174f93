// A house of NATS with an operator, as `nsc` makes it: the lines of the server's configuration, and what a credentials file of one user holds. The
// tokens are put together by hand from the format's description; only the keys come from the official library.
import { nkeys } from "@nats-io/transport-node";

type KeyPair = ReturnType<typeof nkeys.createUser>;

export interface OperatorHouse {
  /** For the server's configuration. */
  readonly config: string;
  /** What stands in the credentials file of a user whom this house knows. */
  readonly credentials: string;
}

/** `expired`: the user's token ran out an hour ago. */
export function operatorHouse({ expired = false } = {}): OperatorHouse {
  const [operator, account, user] = [nkeys.createOperator(), nkeys.createAccount(), nkeys.createUser()];
  const limits = { subs: -1, data: -1, payload: -1 };
  const accountToken = token(operator, account, {
    type: "account",
    limits: { ...limits, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 },
    default_permissions: { pub: {}, sub: {} },
  });
  const userToken = token(account, user, { type: "user", pub: {}, sub: {}, ...limits }, expired ? -3_600 : undefined);
  const operatorToken = token(operator, operator, { type: "operator" });
  return {
    config: `operator: ${operatorToken}\nresolver: MEMORY\nresolver_preload: { ${account.getPublicKey()}: ${accountToken} }`,
    credentials: [
      "-----BEGIN NATS USER JWT-----",
      userToken,
      "------END NATS USER JWT------",
      "",
      "-----BEGIN USER NKEY SEED-----",
      new TextDecoder().decode(user.getSeed()),
      "------END USER NKEY SEED------",
      "",
    ].join("\n"),
  };
}

function token(issuer: KeyPair, subject: KeyPair, nats: object, secondsLeft?: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1_000);
  const key = subject.getPublicKey();
  const claims = { jti: key, iat: now, iss: issuer.getPublicKey(), name: "homeport", sub: key, nats: { ...nats, version: 2 } };
  const told = `${part({ typ: "JWT", alg: "ed25519-nkey" })}.${part(secondsLeft === undefined ? claims : { ...claims, exp: now + secondsLeft })}`;
  return `${told}.${Buffer.from(issuer.sign(new TextEncoder().encode(told))).toString("base64url")}`;
}
