import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import type { Artefact } from './check-artefacts.ts';
import { environmentOf, RUNTIME_VARIABLES } from './check-rules.ts';
import { isObject, resourcesOf, type Template } from './template.ts';

const START_MS = 30_000;

/**
 * Loads every packaged function with exactly the environment that it is deployed with: a setting that it misses, one
 * that it never reads, a file or module that is not there shows here and not at the first cold start. Uses this machine's
 * sharp; `folder` must therefore lie inside the project.
 */
export function startProblems(template: Template, artefacts: Record<string, Artefact>, folder: string): string[] {
  const deployed = new Map(
    resourcesOf(template, 'AWS::Lambda::Function').map(({ properties }) => [properties.Handler, properties]),
  );
  return Object.entries(artefacts).flatMap(([name, artefact]) => {
    const properties = deployed.get(`functions/${name}.handler`);
    if (!properties) return [`${name}: packaged, but not deployed`];
    const home = resolve(folder, name);
    unpack(artefact, home);
    return loadProblems(name, home, environmentOf(properties));
  });
}

function unpack(artefact: Artefact, home: string): void {
  for (const [name, bytes] of Object.entries(artefact)) {
    if (name.startsWith('node_modules/') || name.endsWith('/')) continue;
    const file = resolve(home, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
}

function loadProblems(name: string, home: string, variables: Record<string, unknown>): string[] {
  const values = Object.entries(variables).map(([key, value]) => [key, standIn(value)]);
  const file = resolve(home, `functions/${name}.mjs`);
  const run = spawnSync(process.execPath, ['--input-type=module', '--eval', loader(file)], {
    cwd: home, // as on Lambda
    env: { AWS_REGION: 'eu-central-1', ...(Object.fromEntries(values) as Record<string, string>) },
    encoding: 'utf8',
    timeout: START_MS,
  });
  if (run.status !== 0) return [`${name}: does not start: ${firstError(run.stderr)}`];
  const read = new Set([...z.array(z.string()).parse(JSON.parse(run.stdout)), ...RUNTIME_VARIABLES]);
  return Object.keys(variables)
    .filter((key) => !read.has(key))
    .map((key) => `${name}: never reads ${key}`);
}

/** A program that loads a function and prints the names of the variables that it asked for. */
const loader = (file: string) => `
  const read = new Set();
  process.env = new Proxy(process.env, { get: (env, name) => (read.add(String(name)), env[name]) });
  const { handler } = await import(${JSON.stringify(pathToFileURL(file).href)});
  if (typeof handler !== 'function') throw new Error('exports no handler');
  console.log(JSON.stringify([...read]));
  process.exit();`;

/** What is only known while deploying is a URL or takes one, and a secret is as long as one; the text around it stays. */
function standIn(value: unknown): string {
  const text = isObject(value) ? value['Fn::Sub'] : value;
  if (typeof text !== 'string') return 'https://deployed.example';
  return text.replaceAll(/\{\{resolve:.*?\}\}/g, 'x'.repeat(40)).replaceAll(/\$\{[^}]+\}/g, 'deployed');
}

const firstError = (output: string) => /^\w*Error.*$/m.exec(output)?.[0] ?? output.trim().slice(0, 500);
