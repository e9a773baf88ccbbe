/** `npm run api:update`: writes the api.md of every package. Without `--update` it only compares. */
import { publicApi } from './public-api.ts'

const { failed, report } = publicApi({ update: process.argv.includes('--update') })
if (failed > 0) console.error(report)
process.exitCode = failed
