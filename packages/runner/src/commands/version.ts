import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workingTree } from '../sweep/provenance.ts';
import { workspaceRoot } from '../workspace.ts';

/** `lomap 0.1.0, commit f3015465b2...`, and whether files differ from it; the version alone outside git. */
export function versionText(): string {
  const manifest = JSON.parse(readFileSync(join(workspaceRoot, 'packages', 'runner', 'package.json'), 'utf8')) as {
    version: string;
  };
  const { commit, dirty } = workingTree(workspaceRoot, workspaceRoot);
  const changes = dirty ? ', with uncommitted changes' : '';
  return `lomap ${manifest.version}${commit === null ? '' : `, commit ${commit}${changes}`}`;
}
