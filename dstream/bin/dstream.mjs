#!/usr/bin/env node
import { main } from '@dstream/cli'

await main(process.argv.slice(2))
