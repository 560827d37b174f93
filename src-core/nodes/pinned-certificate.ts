// Trust in one certificate and no other: for nodes that made theirs themselves (S-46). Checked on every new connection, before a byte of a request
// is sent; a pin replaces what the system trusts, so nobody who can sign certificates can stand in for the node.
import { TLSSocket } from "node:tls";
import type { buildConnector } from "undici";

/** The code of the error by which another certificate is told apart from a failing network. */
export const otherCertificateCode = "HOMEPORT_OTHER_CERTIFICATE";

/** What is asked of TLS itself: with a pin, nothing, since the pin decides. */
interface Trust {
  readonly rejectUnauthorized?: boolean;
  readonly maxCachedSessions?: number;
}

/** A connector that hands on only sockets whose certificate has this fingerprint. Without one, the connector as it is: verified by the system. */
export function pinned(fingerprint: string | undefined, build: (trust: Trust) => buildConnector.connector): buildConnector.connector {
  if (fingerprint === undefined) return build({});
  // A resumed session shows no certificate, so that every connection begins anew.
  const connect = build({ rejectUnauthorized: false, maxCachedSessions: 0 });
  return (options, callback) =>
    connect(options, (...outcome) => {
      const [, socket] = outcome;
      if (socket === null) return callback(...outcome);
      if (socket instanceof TLSSocket && socket.getPeerX509Certificate()?.fingerprint256 === fingerprint) return callback(...outcome);
      socket.destroy();
      callback(Object.assign(new Error("another certificate than the pinned one"), { code: otherCertificateCode }), null);
    });
}
