// SPDX-License-Identifier: GPL-2.0-or-later
// Victims, from their begin to their end, and the two plans by which they are steered.
#include "live.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

struct tier_ctx *live_ctx;
struct tier_plan *live_plans[2];

struct victim live_begin_with(const char *mode, const char *seed)
{
	int in[2], out[2];
	char line[64] = "";
	struct victim victim;

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	victim.pid = fork();
	assert_true(victim.pid >= 0);
	if (!victim.pid) {
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		execl(TEST_VICTIM, "victim", mode, seed, NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	victim.input = in[1];
	victim.output = fdopen(out[0], "r");
	assert_non_null(victim.output);
	assert_non_null(fgets(line, sizeof(line), victim.output));
	assert_string_equal(line, "ready\n");
	return victim;
}

struct victim live_begin(const char *mode)
{
	return live_begin_with(mode, NULL);
}

const char *live_last_line(struct victim *victim, char line[LIVE_LINE])
{
	close(victim->input);
	if (!fgets(line, LIVE_LINE, victim->output))
		snprintf(line, LIVE_LINE, "nothing\n");
	return line;
}

void live_end(struct victim *victim, const char *mode)
{
	char line[LIVE_LINE];
	int status = 0;

	live_last_line(victim, line);
	fclose(victim->output);
	assert_int_equal(waitpid(victim->pid, &status, 0), victim->pid);
	print_message("%s: the victim says: %s", mode, line);
	if (strncmp(line, "ok ", 3) != 0 || !strcmp(line, "ok 0\n") || status)
		fail_msg("%s: status %#x", mode, status);
}

bool live_is_traced(pid_t pid)
{
	char path[64], line[256];
	bool traced = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, "TracerPid:", 10))
			traced = strtol(line + 10, NULL, 10) != 0;
	fclose(file);
	return traced;
}

int live_prepare(void **state)
{
	struct tier_topology *t;
	struct tier_nodeset all;
	struct tier_node_info info;
	char line[64];
	int node = -1;

	(void)state;
	assert_int_equal(tier_ctx_new(&live_ctx, NULL, 0, NULL), 0);
	assert_int_equal(tier_topology_load(live_ctx, TIER_LOAD_CHEAP, &t, NULL), 0);
	tier_topology_nodes(t, &all);
	do {
		node = tier_nodeset_next(&all, node);
		assert_int_equal(
			tier_node_get(t, (unsigned int)node, &info, sizeof(info)), 0);
	} while (info.usability != TIER_USABLE_YES);
	tier_topology_unref(t);
	snprintf(line, sizeof(line), "tier-plan 1 policy=bind:%d", node);
	assert_int_equal(tier_plan_decode(line, &live_plans[0], NULL), 0);
	assert_int_equal(
		tier_plan_decode("tier-plan 1 policy=default", &live_plans[1], NULL), 0);
	return 0;
}

int live_finish(void **state)
{
	(void)state;
	tier_plan_free(live_plans[0]);
	tier_plan_free(live_plans[1]);
	tier_ctx_unref(live_ctx);
	return 0;
}
