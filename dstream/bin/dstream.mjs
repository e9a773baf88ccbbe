#!/usr/bin/env node
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
