/** A declaration at the top of a file, and a member of an interface or a class. */
const declaration = /^(?:declare )?(interface|type|class|function|const) (\w+)/;
const member = /^ {2}(?:readonly |get )*(\w+)\??[:<(](.*)/;

/**
 * The names in emitted declarations without a docstring, as an editor would show none. A generated member whose
 * type is a declared name of its own needs none: the contract describes the type.
 */
export function undocumentedNames(declarations: string): string[] {
  const names: string[] = [];
  let isGenerated = false;
  let owner = '';
  let hasMembers = false;
  let previous = '';
  for (const line of declarations.split('\n')) {
    const [, kind, name] = declaration.exec(line) ?? [];
    const [, memberName, type] = (hasMembers && member.exec(line)) || [];
    const isDocumented = previous.endsWith('*/');
    if (line.startsWith('// ')) isGenerated = line.startsWith('// generated/');
    if (kind && name) {
      owner = name;
      hasMembers = kind === 'interface' || kind === 'class';
      if (!isDocumented) names.push(owner);
    } else if (memberName && !isDocumented && !(isGenerated && /^ [A-Z]\w+;$/.test(type ?? ''))) {
      names.push(`${owner}.${memberName}`);
    }
    previous = line;
  }
  return names;
}
