import { invalidArgument } from '../http/api-error.ts';
import type { Secret } from './secret.ts';

type Strings = Readonly<Record<string, string>>;

/** All limits and patterns are those of google/cloud/secretmanager/v1/resources.proto; the texts are not documented. */
const labelKey = /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u;
const labelValue = /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u;
const maxLabels = 64;
const maxTextBytes = 128;

const annotationKey = /^[a-z0-9A-Z](?:[\w.-]{0,61}[a-z0-9A-Z])?$/;
const maxAnnotationBytes = 16 * 1024;

const alias = /^[A-Za-z][\w-]{0,62}$/;
const reservedAliases = ['latest', 'NEW'];
const maxAliases = 50;

const secretId = /^[\w-]{1,255}$/;

/** Throws INVALID_ARGUMENT for an id that no secret can have. */
export function checkSecretId(id: string): void {
  if (!secretId.test(id))
    throw invalidArgument(`Secret ID [${id.slice(0, 64)}] must match ${secretId.source}.`);
}

/**
 * Holds what a caller may give a secret against Google's limits; what is left out passes. `versionCount` is how many
 * versions the secret has. Throws INVALID_ARGUMENT.
 */
export function checkValues(
  { labels = {}, annotations = {}, versionAliases = {} }: Partial<Secret>,
  versionCount: number,
): void {
  checkLabels(labels);
  checkAnnotations(annotations);
  checkAliases(versionAliases, versionCount);
}

function checkLabels(labels: Strings): void {
  const entries = Object.entries(labels);
  if (entries.length > maxLabels) throw invalidArgument(`No more than ${maxLabels} labels are allowed.`);
  for (const [key, value] of entries) {
    if (!labelKey.test(key) || isTooLong(key))
      throw invalidArgument(`Label key [${key.slice(0, 64)}] is invalid.`);
    if (!labelValue.test(value) || isTooLong(value))
      throw invalidArgument(`Value of label [${key}] is invalid.`);
  }
}

function checkAnnotations(annotations: Strings): void {
  const bytes = Object.entries(annotations)
    .flat()
    .reduce((size, text) => size + Buffer.byteLength(text), 0);
  if (bytes >= maxAnnotationBytes) {
    throw invalidArgument(
      `The total size of annotations is ${bytes} bytes; it must be less than ${maxAnnotationBytes} bytes.`,
    );
  }
  for (const key of Object.keys(annotations)) {
    if (!annotationKey.test(key)) throw invalidArgument(`Annotation key [${key.slice(0, 64)}] is invalid.`);
  }
}

/** An alias names one of the versions that there are. */
function checkAliases(aliases: Readonly<Record<string, number>>, versionCount: number): void {
  const entries = Object.entries(aliases);
  if (entries.length > maxAliases) throw invalidArgument(`No more than ${maxAliases} aliases are allowed.`);
  for (const [name, number] of entries) {
    if (!alias.test(name) || reservedAliases.includes(name))
      throw invalidArgument(`Version alias [${name.slice(0, 64)}] is invalid.`);
    if (number < 1 || number > versionCount)
      throw invalidArgument(`Version alias [${name}] names version ${number}, which does not exist.`);
  }
}

function isTooLong(text: string): boolean {
  return Buffer.byteLength(text) > maxTextBytes;
}
