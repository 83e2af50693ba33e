// Runs on whatever Node there is, so that a wrong one is told in a sentence: npm scripts run on the Node 24 of the
// devDependency `node`, unless its install script was not allowed to run.
const [major] = process.versions.node.split('.');
if (Number(major) < 24) {
  console.error(
    `This is Node ${process.version}; the commands need Node 24, which npm ci brings along as a devDependency.\n` +
      'Its install script did not run. Repair it with: npm rebuild --ignore-scripts=false node',
  );
  process.exit(1);
}
