// Who may say what on NATS (S-92): a worker speaks for itself and answers who asked it; a gateway asks and listens. Written as data, so that the
// document, the server's configuration and the tests are one. Answers go to inboxes of one's own, so that nobody reads another's.

import { clusterBucket } from "../contract/cluster.ts";
import { capabilityBucket } from "../contract/jobs.ts";

/** What one role may publish and hear. `answers`: it may answer what it was asked, however often, for as long as a long generation takes. */
export interface NatsRole {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  readonly answers: boolean;
}

/** `cluster.name` where nobody chose another. */
const defaultGroup = "home";
/** Until when after a question its asker may be answered. */
const answersFor = "2h";

/** Of the bucket of reports, what opening it and writing one's own takes. */
const reports = {
  open: ["$JS.API.INFO", "$JS.API.STREAM.INFO.KV_homeport_capabilities", "$JS.API.STREAM.CREATE.KV_homeport_capabilities"],
  own: (id: string) => `$KV.homeport_capabilities.${id}`,
} as const;

/** A worker of this id. */
export function workerRole(id: string): NatsRole {
  return {
    publish: [`node.${id}.capabilities.changed`, `node.${id}.model.progress`, reports.own(id), ...reports.open],
    subscribe: [
      `node.${id}.>`,
      "node.capabilities.get",
      ...["PING", "INFO", "STATS"].flatMap((verb) => [`$SRV.${verb}`, `$SRV.${verb}.homeport-worker`, `$SRV.${verb}.homeport-worker.*`]),
      `_INBOX_worker-${id}.>`,
    ],
    answers: true,
  };
}

/** A gateway; `group`: the `cluster.name` under which several of them share, whose bucket it may write. */
export function gatewayRole(group = defaultGroup): NatsRole {
  const shared = clusterBucket(group);
  return {
    publish: [
      "node.capabilities.get",
      "node.*.capabilities.get",
      "node.*.*.request",
      "node.*.model.load",
      "node.*.model.unload",
      "node.*.call.*",
      "$JS.API.INFO",
      ...[capabilityBucket, shared].flatMap(following),
      // A wildcard stands for a whole part of a subject, never for the end of a bucket's name.
      `$KV.${shared}.>`,
    ],
    subscribe: ["node.*.capabilities.changed", "node.*.model.progress", "_INBOX_gateway.>"],
    answers: false,
  };
}

/** What opening a bucket, reading it and following it takes. */
function following(bucket: string): readonly string[] {
  const stream = `KV_${bucket}`;
  return [
    ...["STREAM.INFO", "STREAM.CREATE", "STREAM.MSG.GET", "CONSUMER.CREATE"].map((call) => `$JS.API.${call}.${stream}`),
    ...["DIRECT.GET", "CONSUMER.CREATE", "CONSUMER.INFO", "CONSUMER.DELETE"].map((call) => `$JS.API.${call}.${stream}.>`),
    `$JS.FC.${stream}.>`,
  ];
}

/** A role as the `permissions` of a user in nats-server's configuration. Everything that is not named is denied, `$SYS` and wildcards included. */
export function permissionsText({ publish, subscribe, answers }: NatsRole): string {
  const list = (subjects: readonly string[]) => `[${subjects.map((subject) => JSON.stringify(subject)).join(", ")}]`;
  const responses = answers ? `, allow_responses: { max: -1, expires: "${answersFor}" }` : "";
  return `{ publish: { allow: ${list(publish)} }, subscribe: { allow: ${list(subscribe)} }${responses} }`;
}
