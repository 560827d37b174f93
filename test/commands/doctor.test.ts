// `doctor` on the command line: with a running Homeport and beside one that does not run, what it prints, what it writes after a yes, how it ends.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type DoctorCommand, runDoctor } from "../../src-core/commands/doctor-command.ts";
import { BadUsage } from "../../src-core/commands/options.ts";
import { Diagnosis } from "../../src-core/contract/diagnosis.ts";
import { parseConfig } from "../../src-core/host/config-text.ts";
import { startHome } from "../support/gateway.ts";

let folder = "";
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "homeport-doctor-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function configFile(text: string): Promise<string> {
  const path = join(folder, `${files++}.yaml`);
  await writeFile(path, text);
  return path;
}

/** A port that another program has. */
async function takenPort(): Promise<number> {
  const server = createServer((socket) => socket.end("hello\r\n"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

const freePorts = "gateway: { port: 0 }\ncontrol: { port: 0 }\n";

async function doctor(command: DoctorCommand, answer?: (question: string) => boolean) {
  const lines: string[] = [];
  const person = answer === undefined ? undefined : (question: string) => Promise.resolve(answer(question));
  const code = await runDoctor({ data: folder, ...command }, (line) => void lines.push(line), person);
  return { code, text: lines.join("\n") };
}

const read = (text: string) => Diagnosis.parse(JSON.parse(text));

describe("issue 6: doctor, beside a Homeport that does not run", () => {
  test("it checks configuration, ports and files, says that nothing more could be seen, and ends with 0", async () => {
    const { code, text } = await doctor({ config: await configFile(freePorts) });
    expect([code, text]).toEqual([0, expect.stringContaining("No running Homeport was asked")]);
    expect(text).toContain("0 errors");
  });

  test("a configuration with a mistake is told with its line and ends with 1", async () => {
    const { code, text } = await doctor({ config: await configFile(`${freePorts}polling:\n  activSeconds: 3\n`), json: true });
    const { findings, running } = read(text);
    expect([code, running]).toEqual([1, false]);
    expect(findings[0]).toMatchObject({ id: "config", level: "error", says: expect.stringContaining("line 4") });
  });

  test("a node that is not there is an error without any Homeport", async () => {
    const config = await configFile(`${freePorts}nodes: [{ id: beast, kind: ollama, url: "http://127.0.0.1:9" }]\n`);
    const { code, text } = await doctor({ config });
    expect([code, text]).toEqual([1, expect.stringContaining("ERROR  Node beast")]);
  });

  test("a port that another program has is told, and the free one it proposes is written only after a yes", async () => {
    const port = await takenPort();
    const config = await configFile(`# my house\ngateway: { port: ${port} }\ncontrol: { port: 0 }\n`);
    const asked: string[] = [];
    const no = await doctor({ config, fix: true }, (question) => asked.push(question) < 0);
    expect([no.code, asked.length]).toEqual([1, 1]);
    expect(await readFile(config, "utf8")).toContain(`port: ${port} `);
    await doctor({ config, fix: true }, () => true);
    const text = await readFile(config, "utf8");
    expect(text).toContain("# my house");
    const parsed = parseConfig(text, config);
    const now = "config" in parsed ? parsed.config.gateway.port : port;
    expect(now).toBeGreaterThan(port);
    expect((await doctor({ config })).code).toBe(0);
  });

  test("bad usage is told as such: an option that does not exist, a file that is not there, a node nobody has, --fix with --json", async () => {
    const config = await configFile(freePorts);
    await expect(doctor({ config: join(folder, "none.yaml") })).rejects.toThrow(BadUsage);
    await expect(doctor({ config, node: "beast" })).rejects.toThrow(BadUsage);
    await expect(doctor({ config, fix: true, json: true })).rejects.toThrow(BadUsage);
    const cli = join(import.meta.dirname, "..", "..", "src-core", "cli.ts");
    const [code] = await once(spawn(process.execPath, [cli, "doctor", "--nodes", "x"], { stdio: "ignore" }), "close");
    expect(code).toBe(2);
  });
});

describe("issue 6: doctor, with a running Homeport", () => {
  const nodes = { attic: { kind: "llama-server", models: [{ name: "m", warm: true, says: ["<think>Hm.</think>1 2 3"] }] } } as const;

  test("it looks through the eyes of the running one, and a change agreed to is in force at once", async () => {
    const home = await startHome({ nodes });
    const { controlUrl: control, token } = home.homeport;
    const { code, text } = await doctor({ control, token, fix: true }, (question) => question.includes("Put answers of m right"));
    expect([code, text]).toEqual([0, expect.stringContaining("Written.")]);
    expect(text).not.toContain("No running Homeport was asked");
    expect(Object.values(home.config.current().profiles)).toMatchObject([{ chain: ["m"], repairs: { thinking: true } }]);
  });

  test("a token that is not its own is an error, and what can be seen from beside is still told", async () => {
    const home = await startHome({ nodes: {} });
    const config = await configFile(freePorts);
    const { code, text } = await doctor({ config, control: home.homeport.controlUrl, token: "not-the-token", json: true });
    const { findings, running } = read(text);
    expect([code, running]).toEqual([1, false]);
    expect(findings.find(({ id }) => id === "running")?.level).toBe("error");
    expect(findings.some(({ id }) => id === "disk")).toBe(true);
  });
});
