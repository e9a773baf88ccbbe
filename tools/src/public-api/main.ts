/** `npm run api:update`: writes the api.md of every package, and docs/api, which is made of the same. Without `--update` it only compares. */
import { apiReference } from '../api-reference/api-reference.ts'
import { sum } from '../check/outcome.ts'
import { publicApi } from './public-api.ts'

const update = process.argv.includes('--update')
const { failed, report } = sum([publicApi({ update }), apiReference({ update })])
if (failed > 0) console.error(report)
process.exitCode = failed
