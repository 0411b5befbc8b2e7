// Plain JavaScript, since it must run on a Node that can't run TypeScript, to say so.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Rowpress needs Node 22.18 or newer; this is ${process.version}. ` +
      'On Linux and Windows `npm install` brings one along (unless with --omit=optional); on a Mac install Node 24.',
  );
  process.exit(1);
}
