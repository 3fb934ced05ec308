// repair_side.mjs FILE ROUNDS - jsonrepair on the texts of bench_repair.c.
// The module is looked for in $MODULES, where bench/bench_repair puts it.
import fs from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(process.env.MODULES + '/')
const { jsonrepair } = require('jsonrepair')
const texts = fs.readFileSync(process.argv[2], 'utf8').trim().split('\n')
  .map((line) => JSON.parse(line))
const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
const spent = []
let refused = 0

for (let round = 0; round < Number(process.argv[3]); round++) {
  const start = process.cpuUsage()
  refused = 0
  for (const text of texts) {
    try {
      jsonrepair(text)
    } catch {
      refused++
    }
  }
  spent.push(process.cpuUsage(start).user / 1e6)
}
spent.sort((a, b) => a - b)
console.log(JSON.stringify({
  texts: texts.length,
  bytes,
  refused,
  median: spent[spent.length >> 1],
  best: spent[0]
}))
