# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034 # variables are for the tests
#
# What tests of tiertop's screen share: one that runs on a terminal and is typed to.
#
# shellcheck source=/dev/null
. /lab/lib.sh

DOWN=$'\e[B'
ERASE='                    ' # an old filter

# start_top ARGUMENT...: its screen goes to $LAB_OUT/screen, what press() types goes to it
start_top()
{
	rm -f /tmp/keys
	mkfifo /tmp/keys
	: > "$LAB_OUT/screen"
	TERM=linux LINES=40 COLUMNS=160 onpty -i "$@" < /tmp/keys > "$LAB_OUT/screen" &
	TOP=$!
	exec 9> /tmp/keys
	shows 'Quit'
}

press()
{
	printf '%s' "$@" >&9
}

# shows PATTERN: once it has been printed since the last time
SEEN=0
shows()
{
	local text

	for _ in {1..400}; do
		text=$(tail -c +$((SEEN + 1)) "$LAB_OUT/screen" | tr -d '\0')
		[[ $text =~ $1 ]] && echo "on the screen: ${BASH_REMATCH[0]}" && return
		kill -0 "$TOP" || fail "tiertop ended"
		sleep 0.05
	done
	fail "the screen never shows '$1'"
}

# forget: what was printed until now does not count
forget()
{
	SEEN=$(wc -c < "$LAB_OUT/screen")
}

# end_top: it quits, with a good status
end_top()
{
	press q
	wait "$TOP"
	same "status of tiertop" $? 0
	exec 9>&-
	SEEN=0
}

# choose FILTER DOWNS KEYS: in the view of the first process that matches, after KEYS, line DOWNS of
# the dialog, until it shows its command; that is in $COMMAND. Mappings
# come a moment after Enter, and by these addresses one sees that (randomize_va_space is 0)
choose()
{
	local i keys=$3

	forget
	press f "${ERASE// /$'\x7f'}" "!$1"$'\r'
	if [[ $keys == $'\r'* ]]; then
		press $'\r'
		shows '7ff[0-9a-f]{9}'
		keys=${keys:1}
	fi
	press "$keys" a
	for ((i = 0; i < $2; i++)); do
		press "$DOWN"
	done
	press $'\r' c
	shows $'\e\\]52;c;[^\a]*\a'
	COMMAND=$(tail -c +$((SEEN + 1)) "$LAB_OUT/screen" | tr '\a' '\n' | sed -n 's/.*]52;c;//p' |
		tail -n 1 | base64 -d)
	like "its command" "$COMMAND" '^(for pid in .*; do )?tierctl (migrate|policy) '
}

# confirm: have it done, and go back to all processes
confirm()
{
	forget
	press y
	# what is behind it need not be drawn anew
	shows 'done|failed'
	[[ ${BASH_REMATCH[0]} == "done" ]] || fail "not done"
	press n
}

# line_of PID PATTERN: which line of its mapping view matches in a record, from 0 on
line_of()
{
	tiertop --no-config --once --json --mappings "$1" | sed 's/.*"mappings":\[//' |
		tr '{' '\n' | awk -v pattern="$2" '$0 ~ pattern { print NR - 2; exit }'
}

# downs N
downs()
{
	local i

	for ((i = 0; i < $1; i++)); do
		printf '%s' "$DOWN"
	done
}
