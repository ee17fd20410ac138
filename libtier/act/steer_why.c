// SPDX-License-Identifier: LGPL-2.1-or-later
// What stands in the way: looked for before anything is touched, or when the kernel has said
// no. Changes nothing.
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "nodeset.h"
#include "proc_text.h"
#include "process.h"
#include "steer.h"

int steer_fail(struct steer *steer, int error, const char *format, ...)
{
	struct tier_steer_report *report = steer->report;
	va_list args;

	if (*report->message)
		return error;
	report->error = error;
	va_start(args, format);
	vsnprintf(report->message, sizeof(report->message), format, args);
	va_end(args);
	return error;
}

/* ---- ends ----------------------------------------------------------------------- */

/* SIGKILL, as a set of signals has it. */
#define KILLED (1ULL << 8)

bool steer_has_ended(struct steer *steer, int tid)
{
	SCOPED_STRBUF struct strbuf status = { 0 }, stat = { 0 };
	const struct process_thread thread = { steer->wish->pid, tid };
	uint64_t flags, signals;
	int ret = process_thread_status(steer->root, &thread, &status);

	if (!ret)
		ret = process_thread_stat(steer->root, &thread, &stat);
	if (ret)
		return ret == -ESRCH;
	return status_is_zombie(strbuf_text(&status)) ||
	       (stat_flags(strbuf_text(&stat), &flags) && flags & TASK_EXITING) ||
	       (status_signals(strbuf_text(&status), "SigPnd", &signals) &&
		signals & KILLED);
}

/* ---- before ---------------------------------------------------------------------- */

/* include/uapi/linux/seccomp.h */
#define SECCOMP_STRICT 1
#define SECCOMP_FILTER 2

int steer_check_seccomp(struct steer *steer, int tid)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	const struct process_thread thread = { steer->wish->pid, tid };
	int ret = process_thread_status(steer->root, &thread, &text);
	uint64_t mode;

	if (ret)
		return ret;
	/* A kernel without seccomp says nothing. */
	if (!status_number(strbuf_text(&text), "Seccomp", &mode))
		return 0;
	if (mode == SECCOMP_STRICT)
		return steer_fail(steer, -EPERM,
				  "thread %d: seccomp's strict mode kills it at any call",
				  tid);
	if (mode == SECCOMP_FILTER && !(steer->wish->flags & TIER_STEER_FILTERED))
		return steer_fail(
			steer, -EPERM,
			"thread %d: a seccomp filter watches its calls and may kill it "
			"for these; to risk that, say so",
			tid);
	return 0;
}

/* The policy's nodes against the process's cpuset: the kernel drops nodes without a word. */
static int check_nodes(struct steer *steer, const char *status)
{
	struct tier_nodeset allowed, both;
	char text[64];

	if (steer->policy.mode == TIER_MODE_DEFAULT ||
	    !status_allowed_nodes(status, &allowed))
		return 0;
	both = nodeset_and(&steer->policy.nodes, &allowed);
	if (nodeset_is_empty(&both))
		return steer_fail(steer, -EINVAL, "its cpuset allows it only node %s",
				  nodeset_brief(&allowed, text, sizeof(text)));
	steer->report->dropped = nodeset_minus(&steer->policy.nodes, &allowed);
	return 0;
}

/* What is being killed may still be held by us. */
static int traced(struct steer *steer, int tracer)
{
	if (steer_has_ended(steer, steer->wish->pid))
		return -ESRCH;
	return steer_fail(steer, -EBUSY, "process %d traces it already (a debugger?)",
			  tracer);
}

static int check_process(struct steer *steer)
{
	SCOPED_STRBUF struct strbuf status = { 0 };
	int ret = process_status(steer->root, steer->wish->pid, &status);
	uint64_t tracer;

	if (ret == -ESRCH)
		return steer_fail(steer, ret, "no such process");
	if (ret)
		return steer_fail(steer, ret, "%s", tier_strerror(ret));
	if (status_is_zombie(strbuf_text(&status)) ||
	    !status_has_memory(strbuf_text(&status)))
		return steer_fail(
			steer, -EOPNOTSUPP,
			"has no memory: a thread of the kernel, or it has ended");
	if (status_number(strbuf_text(&status), "TracerPid", &tracer) && tracer)
		return traced(steer, (int)tracer);
	return check_nodes(steer, strbuf_text(&status));
}

static int find_policy(struct steer *steer)
{
	for (unsigned int i = 0;
	     !tier_plan_step(steer->wish->plan, i, &steer->policy, sizeof(steer->policy));
	     i++)
		if (steer->policy.kind == TIER_STEP_MEMPOLICY) {
			steer->mode =
				mempolicy_word(steer->policy.mode, &steer->policy.nodes);
			return steer->mode < 0 ? steer->mode : 0;
		}
	return -EINVAL;
}

/* The kernel is ours too, so it can be asked here whether it knows the mode. */
static int check_mode(struct steer *steer)
{
	bool is_old = steer->policy.mode == TIER_MODE_PREFER &&
		      tier_nodeset_count(&steer->policy.nodes) == 1;

	if (!is_old && steer->policy.mode != TIER_MODE_DEFAULT &&
	    mempolicy_has_mode(steer->sys, steer->policy.mode) == 0)
		return steer_fail(steer, -EINVAL, "this kernel has no %s",
				  steer->policy.mode == TIER_MODE_PREFER ?
					  "prefer for more than one node (Linux 5.15)" :
					  tier_mode_name(steer->policy.mode));
	return 0;
}

int steer_prepare(struct steer *steer)
{
	int ret = find_policy(steer);

	if (ret)
		return steer_fail(steer, ret, "a plan without a memory policy");
	if (!steer->root->is_live)
		return 0;
	ret = check_process(steer);
	return ret ? ret : check_mode(steer);
}

/* ---- after ----------------------------------------------------------------------- */

bool steer_is_worker(struct steer *steer, int tid)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	const struct process_thread thread = { steer->wish->pid, tid };
	uint64_t flags;

	return !process_thread_stat(steer->root, &thread, &text) &&
	       stat_flags(strbuf_text(&text), &flags) &&
	       flags & (TASK_IO_WORKER | TASK_USER_WORKER | TASK_KERNEL_THREAD);
}

/* include/uapi/linux/capability.h */
#define CAP_SYS_PTRACE (1ULL << 19)

/* Whose it is does not matter to those who may trace all. */
static bool is_other_user(struct steer *steer, const char *status)
{
	SCOPED_STRBUF struct strbuf own = { 0 };
	uint64_t ours, theirs, rights;

	return !process_own_status(steer->root, &own) &&
	       !(status_signals(strbuf_text(&own), "CapEff", &rights) &&
		 rights & CAP_SYS_PTRACE) &&
	       status_number(strbuf_text(&own), "Uid", &ours) &&
	       status_number(status, "Uid", &theirs) && ours != theirs;
}

/* By kernel.yama.ptrace_scope (Documentation/admin-guide/LSM/Yama.rst). */
static const char *const yama_words[] = {
	[1] = "Yama (kernel.yama.ptrace_scope is 1) lets only its ancestors do that; be one, or "
	      "have CAP_SYS_PTRACE",
	[2] = "Yama (kernel.yama.ptrace_scope is 2) lets only those with CAP_SYS_PTRACE do that",
	[3] = "Yama (kernel.yama.ptrace_scope is 3) lets nobody do that until the next boot",
};

static int not_permitted(struct steer *steer, int error)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	const char *status;
	uint64_t tracer, scope;

	if (process_status(steer->root, steer->wish->pid, &text) == -ESRCH)
		return -ESRCH;
	status = strbuf_text(&text);
	if (status_number(status, "TracerPid", &tracer) && tracer)
		return traced(steer, (int)tracer);
	if (is_other_user(steer, status))
		return steer_fail(
			steer, error,
			"somebody else's: be its owner, or have CAP_SYS_PTRACE");
	if (kernel_yama_scope(steer->root, &scope) && scope > 0 &&
	    scope < ARRAY_SIZE(yama_words))
		return steer_fail(steer, error, "%s", yama_words[scope]);
	return steer_fail(
		steer, error,
		"may not be traced: it has more rights than this process, or forbade "
		"it (prctl PR_SET_DUMPABLE), or a security module does; have "
		"CAP_SYS_PTRACE");
}

/* What the thread waits in, as far as the kernel tells. */
static int does_not_stop(struct steer *steer, int tid)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	const struct process_thread thread = { steer->wish->pid, tid };
	int ret = process_thread_stat(steer->root, &thread, &text);
	const char *state = ret ? NULL : strrchr(strbuf_text(&text), ')');
	bool is_deep = state && !strncmp(state, ") D", 3);

	return steer_fail(
		steer, -ETIMEDOUT, "thread %d does not stop%s", tid,
		is_deep ? ": it is in a wait that nothing interrupts (state D), on a "
			  "device or for a vfork child" :
			  "");
}

int steer_why_not(struct steer *steer, int tid, int error)
{
	switch (error) {
	case -EPERM:
	case -EACCES:
		return not_permitted(steer, error);
	case -ESRCH:
		return steer_fail(steer, error, "ended meanwhile");
	case -ENOEXEC:
		return steer_fail(steer, error, "thread %d runs 32-bit code", tid);
	case -ETIMEDOUT:
		return does_not_stop(steer, tid);
	case -ESTALE:
		return steer_fail(steer, error, "it executed another program meanwhile");
	default:
		return steer_fail(steer, error, "thread %d: ptrace: %s", tid,
				  tier_strerror(error));
	}
}
