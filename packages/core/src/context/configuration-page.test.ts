import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { root, sourcesIn, stringOf, visitAll } from '../../../../tools/src/source-scan.ts'
import { confKeys } from './keys.ts'
import type { ConfKey } from './keys.ts'

const page = join(root, 'docs', 'configuration.md')
const keys: [string, ConfKey][] = Object.entries(confKeys)

/** docs/configuration.md, made of the table of keys. */
function configurationPage(): string {
  return [
    '# Configuration',
    '',
    'A key is set, strongest first: in the program (`new SparkConf().set(key, value)`), on the command line (`--conf key=value`), in the properties file',
    '(`--properties-file FILE`, else `spark-defaults.conf` in `$SPARK_CONF_DIR`, else `conf/spark-defaults.conf`), in the environment (`DSTREAM_CONF_` and the key with',
    '`_` for `.`, for example `DSTREAM_CONF_spark_streaming_blockInterval=50ms`; any case of letters for the keys below; `MASTER` is `spark.master`). `new SparkConf(false)` reads none of these.',
    '',
    'Times are written `200ms`, `5s`, `2min`, `1h`, `3d` (a bare number is milliseconds, or seconds where it says so), sizes `512k`, `64m`, `1g`.',
    'A malformed value is an error that names key, value and form; an unknown key of `spark.streaming` or `spark.dstream` is a warning that names the nearest known one.',
    'Keys of `spark.dstream` are not in Spark. Configuration is not part of a checkpoint.',
    '',
    'This page is made of `packages/core/src/context/keys.ts` (run `configuration-page.test.ts` beside it with `UPDATE_DOCS=1`).',
    '',
    '| key | default | form | meaning |',
    '| --- | --- | --- | --- |',
    ...keys.map(
      ([key, spec]) =>
        `| \`${key}\` | ${spec.default === undefined ? '–' : `\`${spec.default}\``} | ${formOf(spec)} | ${spec.doc}${oldNameOf(spec)} |`,
    ),
    '',
  ].join('\n')
}

function formOf(spec: ConfKey): string {
  return spec.choices === undefined ? spec.form : spec.choices.map(choice => `\`${choice}\``).join(', ')
}

function oldNameOf(spec: ConfKey): string {
  return spec.oldName === undefined ? '' : ` Old name: \`${spec.oldName}\`.`
}

test('docs/configuration.md is what the table of keys says', () => {
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, configurationPage())
  const found = readFileSync(page, 'utf8')
  const lacking = configurationPage().split('\n').filter(line => !found.includes(line)) // prettier-ignore
  assert.ok(
    found === configurationPage(),
    `Run this test with UPDATE_DOCS=1. Lines that docs/configuration.md lacks:\n${lacking.join('\n')}\n`,
  )
})

test('fields are unique, defaults and fallbacks are what they claim', () => {
  const fields = keys.map(([, spec]) => spec.field)
  assert.equal(new Set(fields).size, fields.length)
  for (const [key, spec] of keys) {
    assert.ok(spec.fallback === undefined || spec.fallback in confKeys, key)
    assert.match(spec.doc, /^[A-Z`][^|\n]*\.$/, key)
  }
})

test('every spark.… key that the sources name is in the table', () => {
  const missing: string[] = []
  for (const source of sourcesIn(['packages/*/src', 'engines/*/src', 'dstream/src'])) {
    visitAll(source.program, node => {
      const text = stringOf(node)
      if (
        text !== undefined &&
        /^spark\.(streaming|dstream|task|default|local|app|log)\.[A-Za-z.]+$/.test(text) &&
        !(text in confKeys) &&
        !keys.some(([, spec]) => spec.oldName === text)
      ) {
        missing.push(`  ${text} (${source.path}:${source.lineOf(node)})`)
      }
    })
  }
  assert.ok(
    missing.length === 0,
    `Add to packages/core/src/context/keys.ts, then run this test with UPDATE_DOCS=1:\n${missing.join('\n')}\n`,
  )
})
