import { closureOf, type LockFile, type Manifest, nameOf } from '../supply-chain/lock-file.ts';
import type { SupplyRules } from '../supply-chain/rules.ts';
import { sizeOnDisk } from '../supply-chain/size-on-disk.ts';
import { pageBanner } from './files.ts';

export interface SupplyChain {
  lock: LockFile;
  manifest: Manifest;
  sdk: Manifest;
  rules: SupplyRules;
}

/** `docs/dependencies.md`: what ships, why, at what cost and under which licence. */
export function generateDependenciesPage(chain: SupplyChain): string {
  const { lock, manifest, sdk, rules } = chain;
  const all = closureOf(lock, Object.keys(manifest.dependencies));
  const sdkPackages = closureOf(lock, Object.keys(sdk.dependencies));
  return `${pageBanner('the lock file and tools/supply-chain/rules.json')}# What ships, and why

The function names ${count(manifest.dependencies)} packages; with all that these draw in it is ${all.length}, ${megabytes(all)} on disk. The SDK has
${list(sdk.dependencies)}: ${sdkPackages.length} package, ${megabytes(sdkPackages)}. Whatever comes in addition must say here why, have a licence of the list
below, and no install script that nobody has read: \`npm run check:supply\` refuses the rest.

## The function

| package | why it is there | draws in | for it alone | on disk |
| --- | --- | ---: | ---: | ---: |
${Object.keys(manifest.dependencies)
  .map((name) => dependencyRow(chain, name))
  .join('\n')}

*Draws in* counts the packages beside itself, *for it alone* those of them that would go with it; *on disk* is what would
go, itself included. Cloud Functions installs all of it, and the function starts from a bundle of what it uses, made by
[function.ts](../tools/build/function.ts).

## The SDK

\`countersign\` depends on ${list(sdk.dependencies)} alone, and its entry \`.\` does not load even that. \`google-auth-library\` is a peer, for
\`countersign/google-auth\`, and optional.

## Licences

| licence | packages |
| --- | ---: |
${licenceRows(lock, all)}

## Install scripts

Of all packages, those for development included, ${numberOf(lock)} want to run a script when they are installed. \`allowScripts\` in
package.json decides on each.

| package | allowed | what its script does |
| --- | --- | --- |
${Object.entries(rules.installScripts)
  .map(([name, what]) => `| \`${name}\` | ${manifest.allowScripts?.[name] ? 'yes' : 'no'} | ${what} |`)
  .join('\n')}

No script of a package that ships is allowed.

## Bill of materials

\`npm run build\` writes one for each of the two in CycloneDX, \`dist/sbom/${manifest.name}.cdx.json\` and
\`dist/sbom/${sdk.name}.cdx.json\`, with version, licence and SHA-512 of every package. The same lock file and npm give the same
bytes. A release has them beside the package, which npm publishes with its provenance.
`;
}

function dependencyRow({ lock, manifest, rules }: SupplyChain, name: string): string {
  const others = Object.keys(manifest.dependencies).filter((each) => each !== name);
  const kept = new Set(closureOf(lock, others));
  const drawn = closureOf(lock, [name]);
  const alone = drawn.filter((folder) => !kept.has(folder));
  const own = alone.filter((folder) => folder !== `node_modules/${name}`);
  // One that another draws in as well goes nowhere; its own files are what it costs.
  const onDisk = megabytes(alone.length > 0 ? alone : [`node_modules/${name}`]);
  const version = lock[`node_modules/${name}`]?.version;
  return `| \`${name}\` ${version} | ${rules.reasons[name]} | ${drawn.length - 1} | ${own.length} | ${onDisk} |`;
}

function licenceRows(lock: LockFile, folders: string[]): string {
  const counts = new Map<string, number>();
  for (const folder of folders) {
    const licence = lock[folder]?.license ?? 'none';
    counts.set(licence, (counts.get(licence) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b, 'en'));
  return sorted.map(([licence, packages]) => `| ${licence} | ${packages} |`).join('\n');
}

const megabytes = (folders: string[]) =>
  `${(folders.reduce((sum, folder) => sum + sizeOnDisk(folder), 0) / 1e6).toFixed(1)} MB`;
const count = (of: object) => Object.keys(of).length;
const list = (of: object) =>
  Object.keys(of)
    .map((name) => `\`${name}\``)
    .join(', ');

/** How many packages have an install script, each counted once. */
function numberOf(lock: LockFile): number {
  const folders = Object.keys(lock).filter((folder) => lock[folder]?.hasInstallScript);
  return new Set(folders.map(nameOf)).size;
}
