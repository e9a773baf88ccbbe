#!/usr/bin/env node
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(`dstream: Node 22.18 or newer is needed; this is ${process.version}.\n`)
  process.exit(2)
}

async function command() {
  try {
    return await import('@dstream/cli')
  } catch (error) {
    // A clone that has not been built: the package is there, what it exports is not.
    if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !/[\\/]dist[\\/]/.test(error.message)) throw error
    process.stderr.write(
      `dstream: ${error.message}\n  In a clone of the repository it has to be built first: run npm run build.\n`,
    )
    process.exit(2)
  }
}

const { main } = await command()
await main(process.argv.slice(2))
