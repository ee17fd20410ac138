#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Proves tally.awk on a log as ctest makes it of several runners: a count that misses a
# failure or a skip would make red green.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

tally=$(awk -f tally.awk <<'END'
12: test_x (a.B) ... skipped 'skip: no such device'
12: Ran 13 tests in 1.3s
12: FAILED (failures=1, errors=2, skipped=1)
13: Ran 2 tests in 0.1s
13: OK (skipped=1)
14: Ran 1 test in 0.1s
14: OK
3: [       OK ] test_a__good
3: skip: the kernel has no such call
3: [  SKIPPED ] test_a__not_here
3: [  SKIPPED ] 1 test(s), listed below:
3: [  SKIPPED ] test_a__not_here
3: [  FAILED  ] test_a__bad
3: [  FAILED  ] test_a__bad
5: 465 passed, 1 failed: in words
6: 7 passed, 0 failed, 2 skipped
END
)
# Passed 9+1+1+1+465+7, failed 3+1+1, skipped 1+1+1+2, explained 2.
want="484 5 5 2"
[ "$tally" = "$want" ] || { echo "counted $tally, should be $want" && exit 1; }
echo "1 passed, 0 failed"
