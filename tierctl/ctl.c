// SPDX-License-Identifier: GPL-2.0-or-later
// What every command shares: finding it, opening the machine it looks at, and its end.
#include <errno.h>
#include <string.h>

#include "cmd.h"
#include "json.h"
#include "parse.h"
#include "suggest.h"

const char *ctl_object(const struct ctl *ctl)
{
	return ctl->cmd ? ctl->cmd->name : "command line";
}

const struct cmd *cmd_find(struct ctl *ctl, const char *name)
{
	struct suggestion suggestion = { .typed = name };
	const struct fault fault = { STATUS_USAGE, name, NULL };

	for (size_t i = 0; commands[i]; i++) {
		if (!strcmp(commands[i]->name, name))
			return commands[i];
		suggest_consider(&suggestion, commands[i]->name);
	}
	if (suggestion.best)
		err_say(ctl, &fault, "no such command; did you mean '%s'?",
			suggestion.best);
	else
		err_say(ctl, &fault, "no such command; 'tierctl help' lists them");
	return NULL;
}

int ctl_fail(struct ctl *ctl, const struct fault *fault, int error,
	     const struct tier_diag *diag)
{
	struct fault said = *fault;

	said.status = err_status(error);
	if (!diag || !diag->message[0])
		return err_say(ctl, &said, "%s", tier_strerror(error));
	if (diag->line > 1)
		return err_say(ctl, &said, "line %u: %s", diag->line, diag->message);
	return err_say(ctl, &said, "%s", diag->message);
}

int ctl_fail_system(struct ctl *ctl, const struct fault *fault, int error)
{
	struct fault said = *fault;

	said.status = err_status(error);
	return err_say(ctl, &said, "%s", strerror(-error));
}

int ctl_pid(struct ctl *ctl, const char *text, int *pid)
{
	const struct fault fault = { STATUS_USAGE, ctl_object(ctl), text };
	int32_t value;

	if (parse_i32(text, &value) || value <= 0)
		return err_say(ctl, &fault, "not a process id");
	*pid = value;
	return STATUS_DONE;
}

static int open_context(struct ctl *ctl)
{
	const struct tier_ctx_config config = {
		.root = ctl->globals.root,
		.node_words = getenv("TIERKIT_NODES"),
	};
	const char *root = ctl->globals.root ? ctl->globals.root : "/";
	const struct fault fault = { 0, root, "open" };
	struct tier_diag diag = { 0 };
	int ret = tier_ctx_new(&ctl->ctx, &config, sizeof(config), &diag);

	return ret ? ctl_fail(ctl, &fault, ret, &diag) : 0;
}

int ctl_discover(struct ctl *ctl, uint64_t flags)
{
	const char *root = ctl->globals.root ? ctl->globals.root : "this machine";
	const struct fault fault = { 0, root, "discover" };
	struct tier_diag diag = { 0 };
	struct tier_topology *topology = NULL;
	int ret = tier_topology_load(ctl->ctx, flags, &topology, &diag);

	if (ret)
		return ctl_fail(ctl, &fault, ret, &diag);
	tier_topology_unref(ctl->topology);
	ctl->topology = topology;
	return STATUS_DONE;
}

int ctl_ask_hwloc(struct ctl *ctl)
{
	return ctl_discover(ctl, 0);
}

int ctl_open(struct ctl *ctl)
{
	uint32_t flags = ctl->cmd->flags;
	int status;

	if (!(flags & (CMD_NEEDS_CONTEXT | CMD_NEEDS_TOPOLOGY | CMD_NEEDS_LIVE)))
		return STATUS_DONE;
	status = open_context(ctl);
	if (status)
		return status;
	if (flags & CMD_NEEDS_LIVE && !tier_ctx_is_live(ctl->ctx)) {
		const struct fault fault = { 0, ctl->cmd->name, ctl->globals.root };

		return ctl_fail(ctl, &fault, -EOPNOTSUPP,
				&(struct tier_diag){ .message = "not this machine" });
	}
	if (!(flags & CMD_NEEDS_TOPOLOGY))
		return STATUS_DONE;
	return ctl_discover(ctl, flags & CMD_CHEAP ? TIER_LOAD_CHEAP : 0);
}

int ctl_finish(struct ctl *ctl, int status)
{
	const struct fault fault = { STATUS_FAILED, "stdout", "write" };
	int ret;

	if (ctl->errors.count && ctl->globals.json && !ctl->out.text.len)
		js_finish(&ctl->out, js_document(&ctl->out), &ctl->errors);
	ret = out_flush(&ctl->out);
	if (ret)
		status = err_say(ctl, &fault, "%s", strerror(-ret));
	tier_topology_unref(ctl->topology);
	tier_ctx_unref(ctl->ctx);
	errors_free(&ctl->errors);
	out_free(&ctl->out);
	return status;
}
