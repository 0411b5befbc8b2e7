import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { artefactProblems, readArtefact } from './check-artefacts.ts';
import { ruleProblems } from './check-rules.ts';
import { specProblems } from './check-spec.ts';
import { startProblems } from './check-starts.ts';
import type { Template } from './template.ts';

const folder = '.serverless';
const templatePath = join(folder, 'cloudformation-template-update-stack.json');
/** W3005: the framework's own doubled DependsOn. W8003: the condition is constant because osls fills in `--param`. */
const LINT_IGNORED = ['W3005', 'W8003'];

/** Checks what `sls package` has made, before anything of it reaches AWS. */
function check(): string[] {
  const template = JSON.parse(readFileSync(templatePath, 'utf8')) as Template;
  const artefacts = Object.fromEntries(
    readdirSync(folder)
      .filter((file) => file.endsWith('.zip'))
      .map((file) => [basename(file, '.zip'), readArtefact(join(folder, file))]),
  );
  return [
    ...specProblems(template),
    ...ruleProblems(template),
    ...Object.entries(artefacts).flatMap(([name, artefact]) =>
      artefactProblems(name, artefact, manifest.dependencies.sharp),
    ),
    ...startProblems(template, artefacts, join(folder, 'start')),
    ...lintProblems(),
  ];
}

function lintProblems(): string[] {
  const lint = spawnSync('cfn-lint', ['--template', templatePath, '--ignore-checks', ...LINT_IGNORED], {
    encoding: 'utf8',
  });
  if (lint.error) {
    console.log('cfn-lint is not installed: its checks were skipped (pip install cfn-lint)');
    return [];
  }
  return lint.status === 0 ? [] : [`cfn-lint:\n${lint.stdout}${lint.stderr}`];
}

const problems = check();
for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? 'The template and its artefacts are in order.' : `${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
