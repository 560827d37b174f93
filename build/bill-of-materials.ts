// The software bill of materials, as CycloneDX 1.6 in JSON. Rule: the same lock file gives the same bytes, so it has no time and no random number.
import type { ShippedPackage } from "./shipped-packages.ts";

interface Component {
  readonly type: "application" | "library";
  readonly "bom-ref": string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses: readonly ({ readonly license: { readonly id: string } } | { readonly expression: string })[];
  readonly hashes?: readonly { readonly alg: "SHA-512"; readonly content: string }[];
}

export interface BillOfMaterials {
  readonly $schema: string;
  readonly bomFormat: "CycloneDX";
  readonly specVersion: "1.6";
  readonly version: 1;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

type App = Pick<ShippedPackage, "name" | "version" | "license">;

/** The bill of `app` with everything it ships. */
export function billOfMaterials(app: App, shipped: readonly ShippedPackage[]): BillOfMaterials {
  const refs = new Map(shipped.map((one) => [one.folder, purlOf(one)]));
  const dependsOn = (folders: readonly string[]) => unique(folders.map((folder) => refs.get(folder)).filter((ref) => ref !== undefined));
  const needed = new Map<string, readonly string[]>();
  for (const one of shipped) needed.set(purlOf(one), unique([...(needed.get(purlOf(one)) ?? []), ...dependsOn(one.needs)]));
  const components = new Map(shipped.map((one) => [purlOf(one), componentOf(one, "library")]));
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: componentOf({ ...app, integrity: undefined }, "application") },
    components: [...components.values()],
    dependencies: [
      { ref: purlOf(app), dependsOn: unique(shipped.map(purlOf)) },
      ...[...needed].map(([ref, wanted]) => ({ ref, dependsOn: wanted })),
    ],
  };
}

function componentOf(one: App & Pick<ShippedPackage, "integrity">, type: Component["type"]): Component {
  const purl = purlOf(one);
  const [algorithm, digest] = one.integrity?.split("-") ?? [];
  const isExpression = /\s|\(/.test(one.license);
  return {
    type,
    "bom-ref": purl,
    name: one.name,
    version: one.version,
    purl,
    licenses: isExpression ? [{ expression: one.license }] : [{ license: { id: one.license } }],
    ...(algorithm === "sha512" && digest !== undefined
      ? { hashes: [{ alg: "SHA-512" as const, content: Buffer.from(digest, "base64").toString("hex") }] }
      : {}),
  };
}

/** The package's address among all packages of all languages (purl); the scope's "@" is written out. */
function purlOf({ name, version }: Pick<ShippedPackage, "name" | "version">): string {
  return `pkg:npm/${name.replace(/^@/, "%40")}@${version}`;
}

function unique(refs: readonly string[]): readonly string[] {
  return [...new Set(refs)].sort();
}
