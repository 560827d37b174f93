// Finds words for people that stand outside the places kept for them: `node build/spoken-text.ts [folder or file]` prints each, test/build/language.test.ts
// wants none. A literal is taken for words by how it looks: two words beside each other, or one that begins with a capital; in JSX whatever is shown.
import { globSync, readFileSync, statSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** Where people's words may stand: beside the window's languages, the desktop's own. */
const kept = [/^renderer\/language\//, /^electron\/language\//];

/** Attributes whose text a person reads or hears. */
const heard = new Set([
  "aria-label",
  "aria-description",
  "aria-roledescription",
  "aria-valuetext",
  "title",
  "placeholder",
  "alt",
  "label",
  "heading",
  "hint",
]);
/** Attributes that are never words. */
const wiring = new Set([
  "className",
  "d",
  "style",
  "id",
  "htmlFor",
  "href",
  "viewBox",
  "autoComplete",
  "aria-controls",
  "aria-describedby",
  "rel",
  "points",
  "transform",
]);
/** Names that only look like words: our own, keys of the keyboard and others a browser asks for. */
const names = new Set(
  "Enter Escape Tab Backspace Delete Home End Space Shift Control Alt Meta Ctrl Cmd ArrowUp ArrowDown ArrowLeft ArrowRight PageUp PageDown Segoe Mac Win Linux Firefox Chrome Safari Homeport".split(
    " ",
  ),
);

/** As HTTP and files are labelled. */
const mediaType = /^[a-z]+\/[\w.+-]+; charset=[\w-]+$/;
/** A line for the log is read by whoever looks after the house, and stays English. */
const logCall = /(^|\.)log\.(info|warn|error)$/;

export interface Spoken {
  /** From the repository's root. */
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** Whatever looks like words in `files`, paths from `root`. */
export function spokenText(files: readonly string[], root: URL): readonly Spoken[] {
  return files
    .filter((file) => !kept.some((place) => place.test(file)))
    .flatMap((file) => spokenIn(file, readFileSync(new URL(file, root), "utf8")));
}

/** Whatever looks like words in one file's text. */
export function spokenIn(file: string, text: string): readonly Spoken[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Spoken[] = [];
  const visit = (node: ts.Node): void => {
    const spoken = wordsOf(node);
    if (spoken !== undefined)
      found.push({ file, line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1, text: spoken.trim() });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function wordsOf(node: ts.Node): string | undefined {
  if (ts.isJsxText(node)) return /\p{L}/u.test(node.text) ? node.text : undefined;
  if (!ts.isStringLiteralLike(node) && !ts.isTemplateHead(node) && !ts.isTemplateMiddleOrTemplateTail(node)) return undefined;
  if (isWiring(node)) return undefined;
  const { text } = node;
  if (isShown(node) || isHeard(node)) return /\p{L}{2}/u.test(text) ? text : undefined;
  return looksSpoken(text, ts.isStringLiteralLike(node)) ? text : undefined;
}

function looksSpoken(text: string, whole: boolean): boolean {
  if (names.has(text) || mediaType.test(text)) return false;
  if (/\p{L}[\p{L}’'-]*[,:;.]? +[\p{L}“(]/u.test(text)) return true;
  return whole ? /^\p{Lu}\p{Ll}+[.…?!:]?$/u.test(text) : /(^| )\p{L}{2,} /u.test(text) || / \p{L}{2,}[.,]?( |$)/u.test(text);
}

/** Imports, types, members' names, thrown errors, lines for the log, tagged templates (code to copy), and attributes that are never words. */
function isWiring(node: ts.Node): boolean {
  for (let at = node; at.parent !== undefined; at = at.parent) {
    const { parent } = at;
    if (ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent) || ts.isLiteralTypeNode(parent)) return true;
    if (ts.isTaggedTemplateExpression(parent) || ts.isThrowStatement(parent)) return true;
    if (ts.isCallExpression(parent) && parent.expression !== at && logCall.test(parent.expression.getText())) return true;
    if (ts.isElementAccessExpression(parent) && parent.argumentExpression === at) return true;
    if (ts.isPropertyAssignment(parent) && (parent.name === at || parent.name.getText() === "id")) return true;
    if (ts.isCallExpression(parent) && parent.expression !== at && asksForElements(parent)) return true;
    if (ts.isJsxAttribute(parent)) return wiring.has(parent.name.getText());
    if (ts.isVariableDeclaration(parent) && /class(es|Name)?$/i.test(parent.name.getText())) return true;
    if (ts.isStatement(parent) && !ts.isVariableStatement(parent)) return false;
  }
  return false;
}

/** Whether a selector is what it is given. */
function asksForElements({ expression }: ts.CallExpression): boolean {
  return ts.isPropertyAccessExpression(expression) && /^(querySelector(All)?|matches|closest)$/.test(expression.name.text);
}

/** A child of an element, directly or as one of two. */
function isShown(node: ts.Node): boolean {
  const parent = outermost(node).parent;
  return ts.isJsxExpression(parent) && (ts.isJsxElement(parent.parent) || ts.isJsxFragment(parent.parent));
}

function isHeard(node: ts.Node): boolean {
  const { parent } = outermost(node);
  const attribute = ts.isJsxExpression(parent) ? parent.parent : parent;
  return ts.isJsxAttribute(attribute) && heard.has(attribute.name.getText());
}

/** Out of the choices and sums whose value it is. */
function outermost(node: ts.Node): ts.Node {
  let at = node;
  for (;;) {
    const { parent } = at;
    const isChosen =
      (ts.isConditionalExpression(parent) && parent.condition !== at) ||
      (ts.isBinaryExpression(parent) && isPassing(parent.operatorToken.kind)) ||
      ts.isParenthesizedExpression(parent) ||
      ts.isTemplateSpan(parent) ||
      ts.isTemplateExpression(parent);
    if (!isChosen) return at;
    at = parent;
  }
}

function isPassing(kind: ts.SyntaxKind): boolean {
  return (
    kind === ts.SyntaxKind.QuestionQuestionToken ||
    kind === ts.SyntaxKind.BarBarToken ||
    kind === ts.SyntaxKind.AmpersandAmpersandToken ||
    kind === ts.SyntaxKind.PlusToken
  );
}

/** The sources of the window and of the desktop app, or of `places`: folders and files. */
export function spokenFiles(root: URL, places: readonly string[] = ["renderer", "electron"]): readonly string[] {
  return places
    .flatMap((place) =>
      statSync(new URL(place, root)).isFile() ? [place] : globSync(`${place}/**/*.{ts,tsx}`, { cwd: fileURLToPath(root) }),
    )
    .sort();
}

if (import.meta.main) {
  const root = new URL("../", import.meta.url);
  const found = spokenText(spokenFiles(root, argv.length > 2 ? argv.slice(2) : undefined), root);
  for (const { file, line, text } of found) console.log(`${file}:${line}  ${text.replace(/\s+/g, " ").slice(0, 100)}`);
  console.log(`${found.length} left`);
}
