import { interactiveBroken } from './broken/interactive.ts'
import { testBroken } from './test-broken.ts'

testBroken(interactiveBroken)
