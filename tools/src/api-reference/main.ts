/** `npm run docs:api`: writes docs/api. Without `--update` it only compares. */
import { apiReference } from './api-reference.ts'

const { failed, report } = apiReference({ update: process.argv.includes('--update') })
if (failed > 0) console.error(report)
process.exitCode = failed
