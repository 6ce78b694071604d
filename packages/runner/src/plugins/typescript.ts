/** Plugins in TypeScript: Node 20 does not strip types, so the compiler does where it is installed. */
import type { UsageError } from '../errors.ts';

export function isTypeScript(path: string): boolean {
  return /\.m?ts$/.test(path);
}

/** JavaScript of a TypeScript module, types removed and not checked. @throws what `refused` makes of the reason. */
export async function transpiled(source: string, path: string, refused: (why: string) => UsageError): Promise<string> {
  const compiler = await import('typescript').catch(() => null);
  if (!compiler) {
    throw refused(
      'it is TypeScript, and the package typescript is not installed here. Install it, or name a .mjs file.',
    );
  }
  const { transpileModule, ModuleKind, ScriptTarget } = compiler.default;
  const { outputText, diagnostics = [] } = transpileModule(source, {
    fileName: path,
    reportDiagnostics: true,
    compilerOptions: { module: ModuleKind.ESNext, target: ScriptTarget.ES2022 },
  });
  const [first] = diagnostics;
  if (first) {
    const text = typeof first.messageText === 'string' ? first.messageText : first.messageText.messageText;
    const line = source.slice(0, first.start ?? 0).split('\n').length;
    throw refused(`line ${line}: ${text}`);
  }
  return outputText;
}
