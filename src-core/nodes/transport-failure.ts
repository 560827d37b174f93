// What can happen between us and a node's socket, turned into a failure once and nowhere else. Messages name the node and its address and
// say what to do; the raw error stays in `detail` for the log.
import { type Failure, fail } from "../contract/failure.ts";
import { forbiddenAddressCode } from "./guarded-lookup.ts";
import { isOnLocalNetwork } from "./node-url.ts";
import { otherCertificateCode } from "./pinned-certificate.ts";

/** Whom the sentence is about. */
export interface Peer {
  readonly node: string;
  /** `host:port`, as configured. */
  readonly address: string;
}

/** Errors of a socket that died; on a reused one they say nothing about the node. */
const deadSocketCodes = new Set(["ECONNRESET", "EPIPE", "ECONNABORTED", "UND_ERR_SOCKET"]);

/** Why calls end whose connections were dropped: this computer slept, or its network changed. One for all: a stack trace says nothing here. */
export const flushed = Object.assign(new Error("connections dropped by Homeport"), { code: "HOMEPORT_FLUSHED" });

/** True for "the other side closed": the one kind of error that an idle connection, closed while we sent, also gives. */
export function isDeadSocket(error: unknown): boolean {
  return deadSocketCodes.has(codeOf(error));
}

/** `headSeen`: whether the node had begun to answer. */
export function transportFailure(error: unknown, peer: Peer, headSeen: boolean, platform: NodeJS.Platform = process.platform): Failure {
  const code = codeOf(error);
  if (error === flushed)
    return fail("interrupted", `The connection to ${peer.node} was lost, because this computer slept or changed its network. Ask again.`);
  const detail = `${code}: ${error instanceof Error ? error.message : String(error)}`.slice(0, 300);
  const known = headSeen ? afterHead(code, peer) : beforeHead(code, peer, platform);
  const { kind, says } = known ?? {
    kind: "internal" as const,
    says: `Homeport could not send this request to ${peer.node}; the log has the details.`,
  };
  return fail(kind, says, { detail });
}

interface Told {
  readonly kind: Failure["kind"];
  readonly says: string;
}

function beforeHead(code: string, { node, address }: Peer, platform: NodeJS.Platform): Told | undefined {
  const connect = (says: string): Told => ({ kind: "connect-failed", says });
  switch (code) {
    case "ECONNREFUSED":
      return connect(`Nothing is listening at ${address}. Is the model server on ${node} running?`);
    case "UND_ERR_CONNECT_TIMEOUT":
    case "ETIMEDOUT":
      return connect(`${node} did not answer at ${address} in time. Is the machine switched on and on the network?`);
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "EHOSTDOWN":
    case "ENETDOWN":
    case "EADDRNOTAVAIL":
      return connect(
        platform === "darwin" && isOnLocalNetwork(address)
          ? `There is no way to ${address} from here. ${macHint} If it is allowed: is ${node} switched on and on the same network?`
          : `There is no way to ${address} from here. Is ${node} switched on and on the same network?`,
      );
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "ENODATA":
    case "ESERVFAIL":
      return connect(`The name in ${node}'s address (${address}) was not found. Is it spelled right, and is ${node} on the network?`);
    case "ECONNRESET":
    case "ECONNABORTED":
    case "EPIPE":
    case "UND_ERR_SOCKET":
      return connect(`${node} closed the connection before it answered. Its model server may have crashed.`);
    case "UND_ERR_DESTROYED":
    case "UND_ERR_CLOSED":
      return connect(`${node} was changed or removed in the settings while this request ran.`);
    case forbiddenAddressCode:
      return {
        kind: "upstream-misconfigured",
        says: `${node}'s address (${address}) leads to a link-local or metadata address, to which Homeport never connects. Change the address.`,
      };
    case otherCertificateCode:
      return {
        kind: "upstream-misconfigured",
        says: `${node} at ${address} shows another certificate than the one pinned in its settings, so nothing was sent. If its owner renewed it, put the new fingerprint there; if not, somebody stands between.`,
      };
    default:
      return malformed(code, node) ?? certificate(code, { node, address });
  }
}

function afterHead(code: string, { node }: Peer): Told | undefined {
  if (code === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH" || code === "HPE_INVALID_EOF_STATE") {
    return { kind: "stream-broken", says: `${node} ended its answer before all of it was sent.` };
  }
  if (isDeadCode(code))
    return { kind: "stream-broken", says: `${node} broke off in the middle of its answer. Its model server may have crashed.` };
  return malformed(code, node);
}

function isDeadCode(code: string): boolean {
  return (
    deadSocketCodes.has(code) ||
    code === "ETIMEDOUT" ||
    code === "UND_ERR_DESTROYED" ||
    code === "UND_ERR_CLOSED" ||
    code === "EHOSTUNREACH"
  );
}

function malformed(code: string, node: string): Told | undefined {
  if (!code.startsWith("HPE_") && code !== "UND_ERR_HEADERS_OVERFLOW" && code !== "UND_ERR_RES_CONTENT_LENGTH_MISMATCH") return undefined;
  return {
    kind: "malformed-reply",
    says: `${node} sent something that is not a valid HTTP answer. Is that the address of a model server?`,
  };
}

function certificate(code: string, { node, address }: Peer): Told | undefined {
  const says = certificateWords(code);
  return says === undefined ? undefined : { kind: "upstream-misconfigured", says: `${node} at ${address} ${says}` };
}

function certificateWords(code: string): string | undefined {
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID")
    return "shows a certificate that is not valid today. Renew it there, or set the clock of this computer.";
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID")
    return "shows a certificate for another name. Use the name it is made for, or pin it: its SHA-256 fingerprint under tls in the node's settings.";
  if (/^(?:DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code))
    return "shows a certificate that this computer does not trust. If the node made it itself, pin it: its SHA-256 fingerprint under tls in the node's settings.";
  return /^(?:ERR_TLS|ERR_SSL|EPROTO|CERT_)/.test(code)
    ? "has no certificate that this computer trusts, or does not speak https there. Check its address."
    : undefined;
}

/** On a Mac the local network is closed to an app until the person allows it, and the error looks like a missing route (F03, P-08). */
const macHint = "macOS may keep Homeport from your network: allow it under System Settings, Privacy & Security, Local Network.";

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  // undici's parser errors carry no code of their own; only the reason tells a cut answer from a senseless one.
  if (error.name !== "HTTPParserError") return "";
  return /EOF/i.test(error.message) ? "HPE_INVALID_EOF_STATE" : "HPE_INVALID";
}
