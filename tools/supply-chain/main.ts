import { mkdirSync, writeFileSync } from 'node:fs';
import { findStrangers } from './find-strangers.ts';
import { closureOf, readLock, readManifest } from './lock-file.ts';
import { readRules } from './rules.ts';
import { buildSbom, listComponents } from './sbom.ts';

/** `npm run check:supply` and `npm run build:sbom`. */
const lock = readLock();
const manifest = readManifest('package.json');
const sdk = readManifest('sdk/package.json');

switch (process.argv[2]) {
  case 'check': {
    const strangers = findStrangers(lock, manifest, readRules());
    for (const sentence of strangers) console.error(sentence);
    process.exitCode = strangers.length > 0 ? 1 : 0;
    break;
  }
  case 'sbom': {
    const folder = new URL('../../dist/sbom/', import.meta.url);
    mkdirSync(folder, { recursive: true });
    const listed = listComponents();
    for (const shipped of [manifest, sdk]) {
      const sbom = buildSbom(listed, shipped, closureOf(lock, Object.keys(shipped.dependencies)), lock);
      writeFileSync(new URL(`${shipped.name}.cdx.json`, folder), `${JSON.stringify(sbom, null, 2)}\n`);
      console.log(`dist/sbom/${shipped.name}.cdx.json: ${sbom.components.length} components`);
    }
    break;
  }
  default:
    console.error('node tools/supply-chain/main.ts check | sbom');
    process.exitCode = 2;
}
