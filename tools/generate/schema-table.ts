import type { JsonSchema } from './contract.ts';

interface Property extends JsonSchema {
  $ref?: string;
  type?: string;
  enum?: string[];
  const?: unknown;
  items?: Property;
  anyOf?: Property[];
  properties?: Record<string, Property>;
  required?: string[];
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  maxItems?: number;
}

/** A Markdown table of a schema's members, those of nested objects with their path; `$ref`s link to their headings. */
export function schemaTable(schema: JsonSchema): string {
  const rows = membersOf(schema as Property, '');
  return ['| member | type | required | |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function membersOf({ properties = {}, required = [] }: Property, path: string): string[] {
  return Object.entries(properties).flatMap(([name, property]) => {
    const cells = [
      `\`${path}${name}\``,
      typeOf(property),
      required.includes(name) ? 'yes' : 'no',
      property.description ?? '',
    ];
    const items = property.items?.properties === undefined ? property : property.items;
    return [
      `| ${cells.join(' | ')} |`,
      ...membersOf(items, `${path}${name}${items === property ? '.' : '[].'}`),
    ];
  });
}

function typeOf(property: Property): string {
  if (property.$ref !== undefined) return linkOf(property.$ref);
  if (property.const !== undefined) return `\`${JSON.stringify(property.const)}\``;
  if (property.enum !== undefined) return property.enum.map((each) => `\`${each}\``).join(', ');
  if (property.type === 'array') return `array of ${nameOfItems(property)}${limit(property.maxItems)}`;
  if (property.type === undefined) return (property.anyOf ?? []).map(typeOf).join(' or ');
  if (property.type === 'string' && property.maxLength)
    return `string (at most ${property.maxLength} characters)`;
  const { minimum, maximum } = property;
  // A NumericDate's bounds tell seconds from milliseconds; its description says what it is.
  const isBounded = minimum !== undefined && maximum !== undefined && maximum < 99_999_999_999;
  return isBounded ? `${property.type} (${minimum} to ${maximum})` : property.type;
}

/** In the plural, as they stand in a list. */
function nameOfItems({ items = {} }: Property): string {
  if (items.$ref !== undefined) return linkOf(items.$ref);
  return items.type === undefined ? 'values' : `${items.type}s`;
}

const limit = (maxItems: number | undefined) => (maxItems === undefined ? '' : ` (at most ${maxItems})`);

/** The link to the heading of the schema that a `$ref` names. */
export function linkOf(ref: string): string {
  const name = ref.slice(ref.lastIndexOf('/') + 1);
  return `[${name}](#${name.toLowerCase()})`;
}
