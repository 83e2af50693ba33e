import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type LockFile, type Manifest, nameOf } from './lock-file.ts';

/** The members of a CycloneDX 1.5 document that are looked at here. */
export interface Sbom {
  serialNumber: string;
  metadata: { component: Record<string, unknown>; timestamp?: string; [member: string]: unknown };
  components: { 'bom-ref': string; name: string; [member: string]: unknown }[];
  dependencies: { ref: string; dependsOn: string[] }[];
  [member: string]: unknown;
}

/** Every package of the lock file as npm describes it, development included. */
export function listComponents(): Sbom {
  const args = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'];
  const root = fileURLToPath(new URL('../../', import.meta.url));
  return JSON.parse(
    execFileSync('npm', args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28, stdio: 'pipe' }),
  );
}

/**
 * The bill of materials of what ships: npm's description of the packages in these folders. npm's own `--omit=dev` leaves
 * out a package that a development dependency needs as well (npm/cli#7909), here jose and google-auth-library among
 * them. The same lock file gives the same bytes: no time, no folder's name, a serial number out of the content.
 */
export function buildSbom(listed: Sbom, manifest: Manifest, folders: string[], lock: LockFile): Sbom {
  const refs = new Set(folders.map((folder) => `${nameOf(folder)}@${lock[folder]?.version}`));
  const components = listed.components.filter((component) => refs.has(component['bom-ref']));
  const missing = [...refs].filter((ref) => !components.some((component) => component['bom-ref'] === ref));
  if (missing.length > 0) throw new Error(`npm sbom does not know ${missing.join(', ')}`);

  const { name, version, description } = manifest;
  const own = `${name}@${version}`;
  const direct = Object.keys(manifest.dependencies).map(
    (each) => `${each}@${lock[`node_modules/${each}`]?.version}`,
  );
  const dependencies = [
    { ref: own, dependsOn: direct },
    ...listed.dependencies.filter(({ ref }) => refs.has(ref)),
  ].map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => refs.has(each)) }));

  const { timestamp: _, component, ...metadata } = listed.metadata;
  const { properties: __, ...shared } = component;
  const described = { ...shared, 'bom-ref': own, name, version, description, purl: `pkg:npm/${own}` };
  const content = { ...listed, metadata: { ...metadata, component: described }, components, dependencies };
  return { ...content, serialNumber: serialNumberOf({ components, dependencies }) };
}

/** A UUID of version 8 (RFC 9562): the first bits of the content's SHA-256. */
function serialNumberOf(content: unknown): string {
  const hex = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
