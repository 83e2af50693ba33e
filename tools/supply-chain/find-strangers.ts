import { closureOf, type LockFile, type Manifest, nameOf } from './lock-file.ts';
import type { SupplyRules } from './rules.ts';

/**
 * Whatever the rules do not know, a sentence each: a dependency without a reason, a licence of the production tree that
 * is not allowed, an install script that nobody looked at, a package that nothing vouches for; and rules without an object.
 */
export function findStrangers(lock: LockFile, manifest: Manifest, rules: SupplyRules): string[] {
  const direct = Object.keys(manifest.dependencies);
  return [
    ...compare(direct, Object.keys(rules.reasons), {
      unknown: (name) =>
        `${name} is a production dependency without a reason: say in rules.json why it is there.`,
      idle: (name) => `rules.json gives a reason for ${name}, which is no production dependency.`,
    }),
    ...findLicences(lock, direct, rules),
    ...findInstallScripts(lock, manifest, rules),
    ...findUnvouched(lock),
  ];
}

function findLicences(lock: LockFile, direct: string[], { licences }: SupplyRules): string[] {
  const packages = closureOf(lock, direct).map((folder) => ({ folder, licence: lock[folder]?.license }));
  const strangers = packages.filter(({ licence }) => licence === undefined || !licences.includes(licence));
  const idle = licences.filter((each) => packages.every(({ licence }) => licence !== each));
  return [
    ...strangers.map(
      ({ folder, licence }) =>
        `${describe(lock, folder)} has ${licence || 'no licence'}; allowed are ${licences.join(', ')}.`,
    ),
    ...idle.map((each) => `rules.json allows ${each}, which no production package has.`),
  ];
}

function findInstallScripts(lock: LockFile, manifest: Manifest, { installScripts }: SupplyRules): string[] {
  const folders = Object.keys(lock).filter((folder) => lock[folder]?.hasInstallScript);
  const names = [...new Set(folders.map(nameOf))];
  const decided = Object.keys(manifest.allowScripts ?? {});
  const shipped = closureOf(lock, Object.keys(manifest.dependencies)).filter((each) =>
    folders.includes(each),
  );
  return [
    ...compare(names, Object.keys(installScripts), {
      unknown: (name) => `${name} has an install script: read it, and say in rules.json what it does.`,
      idle: (name) => `rules.json tells of an install script of ${name}, which has none.`,
    }),
    ...compare(names, decided, {
      unknown: (name) => `${name} has an install script: allow or refuse it in package.json's allowScripts.`,
      idle: (name) => `package.json's allowScripts names ${name}, which has no install script.`,
    }),
    ...shipped
      .filter((folder) => manifest.allowScripts?.[nameOf(folder)])
      .map((folder) => `${nameOf(folder)} ships, so its install script has to be refused in allowScripts.`),
  ];
}

/** Packages without a hash. The root, and what lies in the repository itself, need none. */
function findUnvouched(lock: LockFile): string[] {
  return Object.keys(lock)
    .filter((folder) => folder.includes('node_modules/') && !isLink(lock, folder))
    .filter((folder) => !lock[folder]?.integrity)
    .map((folder) => `${describe(lock, folder)} has no integrity hash in package-lock.json.`);
}

const isLink = (lock: LockFile, folder: string) => lock[folder]?.link === true;
const describe = (lock: LockFile, folder: string) => `${nameOf(folder)} ${lock[folder]?.version}`;

function compare(
  found: readonly string[],
  known: readonly string[],
  say: { unknown: (name: string) => string; idle: (name: string) => string },
): string[] {
  return [
    ...found.filter((name) => !known.includes(name)).map(say.unknown),
    ...known.filter((name) => !found.includes(name)).map(say.idle),
  ];
}
