// schema_side.mjs SCHEMA DOCUMENTS ROUNDS - ajv on the documents of
// bench_schema.c. The module is looked for in $MODULES, where
// bench/bench_schema puts it. Texts are parsed one by one, as they would come
// from a file; the verdicts alone are timed on documents that are parsed.
import fs from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(process.env.MODULES + '/')
const Ajv = require('ajv/dist/2020').default
const schema = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'))
const validate = new Ajv({ strict: false }).compile(schema)
const texts = fs.readFileSync(process.argv[3], 'utf8').trim().split('\n')
const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
const parsed = texts.map((text) => JSON.parse(text))
const rounds = Number(process.argv[4])
let valid = 0

function median(work) {
  const spent = []
  for (let round = 0; round < rounds; round++) {
    const start = process.cpuUsage()
    valid = 0
    work()
    spent.push(process.cpuUsage(start).user * 1e3 / texts.length)
  }
  spent.sort((a, b) => a - b)
  return spent[spent.length >> 1]
}

const run = median(() => {
  for (const document of parsed) valid += validate(document)
})
const both = median(() => {
  for (const text of texts) valid += validate(JSON.parse(text))
})
console.log(JSON.stringify({
  documents: texts.length,
  bytes,
  valid,
  run_ns: run,
  both_ns: both
}))
