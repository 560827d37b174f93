// Runs on a host that is a network namespace: a socket file, which no namespace hides, leads to a port there. `node door.ts FILE PORT [FILE PORT …]`
import { connect, createServer } from "node:net";

const args = process.argv.slice(2);
for (let at = 0; at < args.length; at += 2) {
  const port = Number(args[at + 1]);
  const server = createServer((outside) => {
    const inside = connect(port, "127.0.0.1");
    outside.pipe(inside).pipe(outside);
    for (const [one, other] of [
      [outside, inside],
      [inside, outside],
    ] as const) {
      one.on("error", () => undefined);
      one.once("close", () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => void server.listen(args[at], resolve));
}
console.log("open");
