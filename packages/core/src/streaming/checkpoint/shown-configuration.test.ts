import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SparkConf } from '../../context/index.ts'
import { shownConfiguration } from './shown-configuration.ts'

test('secrets stay out of checkpoints and reports, whether the key or the value says that it is one', () => {
  const conf = new SparkConf(false).setAll({
    'spark.app.name': 'counts',
    'spark.ssl.keyPassword': 'x',
    'spark.authenticate.secret': 'x',
    'spark.hadoop.fs.s3a.access.key': 'x',
    'spark.my.token': 'x',
    'spark.my.store': 'postgres://me:x@host/db',
    'spark.my.options': '--password=x',
    'spark.my.url': 'http://host:80/a@b',
  })
  assert.deepEqual(shownConfiguration(conf), [['spark.app.name', 'counts'], ['spark.my.url', 'http://host:80/a@b']]) // prettier-ignore
})
