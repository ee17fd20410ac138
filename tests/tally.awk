# SPDX-License-Identifier: GPL-2.0-or-later
# Prints "PASSED FAILED SKIPPED EXPLAINED" of a log: of cmocka's lines, of Python's
# unittest, and of the closing lines of other runners. EXPLAINED counts the reasons that
# skipped tests gave: "skip: REASON". Written for mawk, the awk of Debian.

function number(name) { # the N of "nameN" in this line, or 0
	if (!match($0, name "[0-9]+"))
		return 0
	return substr($0, RSTART + length(name), RLENGTH - length(name))
}

match($0, /\[ +(OK|FAILED|SKIPPED) +\] [a-z][A-Za-z0-9_]*$/) {
	split(substr($0, RSTART + 1), word, " ")
	if (!seen[$NF]++) # cmocka names twice what it skipped or failed
		n[word[1]]++
}

match($0, /[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?/) {
	split(substr($0, RSTART, RLENGTH), word, " ")
	n["OK"] += word[1]
	n["FAILED"] += word[3]
	n["SKIPPED"] += word[5]
}

/Ran [0-9]+ tests? in/ {
	n["OK"] += number("Ran ")
}

/(OK|FAILED) \([a-z ]+=[0-9]+.*\)$/ {
	bad = number("failures=") + number("errors=")
	n["FAILED"] += bad
	n["SKIPPED"] += number("skipped=")
	n["OK"] -= bad + number("skipped=")
}

/(^|[^a-z])skip: ./ {
	explained++
}

# For runners that count nothing themselves.
match($0, /[0-9]+ tests failed out of [0-9]+/) {
	split(substr($0, RSTART, RLENGTH), word, " ")
	programs += word[6] - word[1]
	failed_programs += word[1]
}

END {
	if (!n["OK"] && !n["FAILED"]) {
		n["OK"] = programs
		n["FAILED"] = failed_programs
	}
	print n["OK"] + 0, n["FAILED"] + 0, n["SKIPPED"] + 0, explained + 0
}
