// Finds texts of the window's language that nobody shows: `node build/unread-text.ts` prints each by its path, test/build/language.test.ts wants none.
// The type checker tells what an expression reads, through aliases and destructuring; a vocabulary that is read by a variable is read as a whole.
import { fileURLToPath } from "node:url";
import ts from "typescript";

const language = /\/renderer\/language\/en\//;
/** Where languages are put together and chosen, which shows nothing yet. */
const assembled = /\/renderer\/language\//;

export interface LanguageText {
  /** Like "frame.banners.title"; an object that nobody reads is one text. */
  readonly path: string;
  readonly isRead: boolean;
}

/** The texts of the English, which every language has. */
export function languageTexts(root: URL): readonly LanguageText[] {
  const at = fileURLToPath(root);
  const { config } = ts.readConfigFile(`${at}/tsconfig.web.json`, ts.sys.readFile);
  const { fileNames, options } = ts.parseJsonConfigFileContent({ ...config, include: ["renderer"] }, ts.sys, at);
  const program = ts.createProgram(fileNames, options);
  const checker = program.getTypeChecker();
  const read = new Set<ts.Node>();
  for (const file of program.getSourceFiles()) if (!file.isDeclarationFile) visitReads(file, checker, read);
  return program
    .getSourceFiles()
    .filter((file) => language.test(file.fileName))
    .flatMap((file) => exportedObjects(file).flatMap(([name, object]) => textsIn(object, [name], read, checker)));
}

/** Notes each member that is read by its name, all members of an object that is read by a variable, and all within an object that is handed on. */
function visitReads(file: ts.SourceFile, checker: ts.TypeChecker, read: Set<ts.Node>): void {
  const note = (symbol: ts.Symbol | undefined): readonly ts.Node[] => {
    const texts = symbol?.declarations?.filter((one) => language.test(one.getSourceFile().fileName)) ?? [];
    for (const text of texts) read.add(text);
    return texts;
  };
  const noteWithin = (type: ts.Type): void => {
    const members = type.isUnion() ? type.types.flatMap((one) => one.getProperties()) : type.getProperties();
    for (const member of members) if (note(member).length > 0) noteWithin(checker.getTypeOfSymbol(member));
  };
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node)) note(checker.getSymbolAtLocation(node.name));
    else if (ts.isElementAccessExpression(node)) checker.getTypeAtLocation(node.expression).getProperties().forEach(note);
    else if (ts.isObjectBindingPattern(node)) {
      const from = checker.getTypeAtLocation(node);
      for (const { propertyName, name } of node.elements) note(from.getProperty((propertyName ?? name).getText()));
    }
    if (isHandedOn(node, assembled.test(file.fileName))) noteWithin(checker.getTypeAtLocation(node));
    ts.forEachChild(node, visit);
  };
  visit(file);
}

/** An object's name where its value goes elsewhere. `amongTexts`: in the language's own files. */
function isHandedOn(node: ts.Node, amongTexts: boolean): boolean {
  if (!ts.isIdentifier(node) && !ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) return false;
  const { parent } = node;
  if (ts.isCallExpression(parent)) return parent.expression !== node;
  if (amongTexts) return false;
  if (ts.isVariableDeclaration(parent)) return parent.initializer === node && parent.type !== undefined;
  if (ts.isPropertyAssignment(parent) || ts.isArrowFunction(parent)) return parent.name !== node;
  return (
    ts.isJsxExpression(parent) ||
    ts.isJsxSpreadAttribute(parent) ||
    ts.isShorthandPropertyAssignment(parent) ||
    ts.isReturnStatement(parent) ||
    ts.isConditionalExpression(parent) ||
    ts.isBinaryExpression(parent) ||
    ts.isArrayLiteralExpression(parent) ||
    ts.isSpreadElement(parent) ||
    ts.isSpreadAssignment(parent)
  );
}

function exportedObjects(file: ts.SourceFile): readonly (readonly [string, ts.ObjectLiteralExpression])[] {
  return file.statements.flatMap((statement) =>
    ts.isVariableStatement(statement) && statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true
      ? statement.declarationList.declarations.flatMap(({ name, initializer }) => {
          const object = objectOf(initializer);
          return object === undefined ? [] : [[name.getText(), object] as const];
        })
      : [],
  );
}

const objectOf = (node: ts.Node | undefined): ts.ObjectLiteralExpression | undefined =>
  node === undefined
    ? undefined
    : ts.isAsExpression(node)
      ? objectOf(node.expression)
      : ts.isObjectLiteralExpression(node)
        ? node
        : undefined;

/** What is spread into an object is told where it is exported. */
function textsIn(
  object: ts.ObjectLiteralExpression,
  path: readonly string[],
  read: ReadonlySet<ts.Node>,
  checker: ts.TypeChecker,
): readonly LanguageText[] {
  return object.properties.flatMap((member) => {
    if (member.name === undefined) return [];
    const here = [...path, member.name.getText()];
    const isRead = read.has(member);
    const inner = isRead ? objectWithin(member, checker) : undefined;
    return inner === undefined ? [{ path: here.join("."), isRead }] : textsIn(inner, here, read, checker);
  });
}

/** The object a member holds, written there or as a constant above. A vocabulary with a type of its own is one text. */
function objectWithin(member: ts.ObjectLiteralElementLike, checker: ts.TypeChecker): ts.ObjectLiteralExpression | undefined {
  if (ts.isPropertyAssignment(member)) return objectOf(member.initializer);
  if (!ts.isShorthandPropertyAssignment(member)) return undefined;
  const declared = checker.getShorthandAssignmentValueSymbol(member)?.valueDeclaration;
  return declared !== undefined && ts.isVariableDeclaration(declared) && declared.type === undefined
    ? objectOf(declared.initializer)
    : undefined;
}

if (import.meta.main) {
  const unread = languageTexts(new URL("../", import.meta.url)).filter(({ isRead }) => !isRead);
  for (const { path } of unread) console.log(path);
  console.log(`${unread.length} unread`);
}
