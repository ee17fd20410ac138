// SPDX-License-Identifier: LGPL-2.1-or-later
// A steering from its begin to its end. All tracing is done in a thread that ends with it, so
// that nothing stays traced, whatever went wrong.
#include "steer.h"

#include <errno.h>
#include <string.h>

#include "nodeset.h"
#include "parse.h"
#include "proc_text.h"
#include "process.h"

#define PATIENCE_MS 1000
#define NS_OF_MS    1000000ULL

/* ---- code in the process ---------------------------------------------------------- */

/* Of executable mappings so much is searched at once. What lies across is found too. */
#define SEARCHED_BYTES 16384
#define OVERLAP	       16

/* 1: found, at *found. */
static int search_mapping(struct steer *steer, const struct mapping *mapping,
			  const struct arch_code *code, uint64_t *found)
{
	unsigned char bytes[SEARCHED_BYTES];

	for (uint64_t at = mapping->start; at < mapping->end;
	     at += SEARCHED_BYTES - OVERLAP) {
		uint64_t left = mapping->end - at;
		size_t count = left < SEARCHED_BYTES ? (size_t)left : SEARCHED_BYTES;
		int ret = steer->ops->read(steer->wish->pid, at, bytes, count);
		ptrdiff_t offset = -1;

		if (ret == -EPERM || ret == -EACCES || ret == -ESRCH)
			return ret;
		if (!ret)
			offset = arch_find(steer->arch, code, bytes, count, at);
		if (offset >= 0) {
			*found = at + (uint64_t)offset;
			return 1;
		}
	}
	return 0;
}

/* In the [vdso], or in any other code. */
static int search(struct steer *steer, const struct arch_code *code, bool in_vdso,
		  uint64_t *found)
{
	const char *at = strbuf_text(&steer->maps);
	struct mapping mapping;
	int ret;

	while ((ret = maps_next(&at, &mapping)) > 0) {
		bool is_vdso = span_is(mapping.name, mapping.name_len, "[vdso]");

		if (!mapping.is_code || is_vdso != in_vdso)
			continue;
		ret = search_mapping(steer, &mapping, code, found);
		if (ret)
			return ret;
	}
	return ret;
}

/* Both that a net needs: 1, or 0. Programs that are not in C may lack them. */
static int find_net(struct steer *steer)
{
	const struct arch_net *net = steer->arch->net;
	int ret = net ? search(steer, &net->gate, false, &steer->gate) : 0;

	if (ret <= 0)
		return ret;
	steer->gate_code = &net->gate;
	ret = 0;
	for (const struct arch_code *code = net->restorers; !ret && code->bytes; code++) {
		steer->restorer_code = code;
		ret = search(steer, code, false, &steer->restorer);
	}
	return ret;
}

/* The [vdso] stays as long as the program. */
static int find_gate(struct steer *steer)
{
	const struct arch_code *code = &steer->arch->gate;
	int ret = search(steer, code, true, &steer->gate);

	steer->gate_code = code;
	return ret ? ret : search(steer, code, false, &steer->gate);
}

int steer_find_gate(struct steer *steer)
{
	int ret = find_net(steer);

	if (!ret) {
		steer->restorer = 0;
		ret = find_gate(steer);
	}
	if (ret == 1)
		return 0;
	/* Of one that has just ended the maps are empty. */
	if (!ret && steer_has_ended(steer, steer->wish->pid))
		return -ESRCH;
	if (!ret)
		return steer_fail(steer, -EOPNOTSUPP,
				  "has no instruction that makes a system call");
	if (ret == -EINVAL)
		return steer_fail(steer, -EIO, "the kernel's maps do not parse");
	return steer_why_not(steer, steer->wish->pid, ret);
}

/* ---- one thread ------------------------------------------------------------------ */

/* What it sleeps in, for the processor whose registers do not tell. Not known is fine. */
static struct regs_asleep look_asleep(const struct steer *steer, int tid)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	const struct process_thread thread = { steer->wish->pid, tid };

	if (!steer->arch->asks_asleep ||
	    process_thread_syscall(steer->root, &thread, &text))
		return (struct regs_asleep){ 0 };
	return arch_asleep(strbuf_text(&text));
}

/* Measured on two busy CPUs: a median of 70 to 110 us instead of 100 to 200, and a tenth of the
 * longest times. */
static void go_near(const struct steer *steer, int tid)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	const struct process_thread thread = { steer->wish->pid, tid };
	uint64_t cpu;

	if (!process_thread_stat(steer->root, &thread, &text) &&
	    stat_cpu(strbuf_text(&text), &cpu))
		steer->ops->go_to(cpu);
}

int steer_hold(struct steer *steer, int tid, struct puppet *puppet)
{
	uint64_t patience = steer->wish->patience_ms;
	int ret = steer_check_seccomp(steer, tid);

	if (!ret) {
		*puppet = (struct puppet){ .ops = steer->ops,
					   .arch = steer->arch,
					   .pid = steer->wish->pid,
					   .tid = tid,
					   .gate = steer->gate,
					   .restorer = steer->restorer,
					   .gate_code = steer->gate_code,
					   .restorer_code = steer->restorer_code };
		go_near(steer, tid);
		puppet->asleep = look_asleep(steer, tid);
		ret = puppet_hold(puppet, (patience ? patience : PATIENCE_MS) * NS_OF_MS);
	}
	if (!ret)
		return 1;
	if (ret == -ESRCH || steer_has_ended(steer, tid))
		return 0;
	if (ret == -EPERM && steer_is_worker(steer, tid)) {
		steer->report->workers++;
		return 0;
	}
	return steer_why_not(steer, tid, ret);
}

/* Whether a signal waits that it does not block. */
static bool signal_waits(const struct steer *steer, const struct puppet *puppet)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	const struct process_thread thread = { puppet->pid, puppet->tid };
	uint64_t own = 0, shared = 0;

	if (!steer->arch->asks_asleep ||
	    process_thread_status(steer->root, &thread, &text))
		return false;
	(void)status_signals(strbuf_text(&text), "SigPnd", &own);
	(void)status_signals(strbuf_text(&text), "ShdPnd", &shared);
	return (own | shared) & ~puppet->mask;
}

int steer_let_go(struct steer *steer, struct puppet *puppet, uint64_t *stopped_ns)
{
	struct tier_steer_report *report = steer->report;
	int ret = puppet_let_go(puppet, signal_waits(steer, puppet), stopped_ns);

	report->stops++;
	report->stopped_ns += *stopped_ns;
	if (report->longest_ns < *stopped_ns)
		report->longest_ns = *stopped_ns;
	if (!ret || ret == -ESRCH)
		return 0;
	return steer_fail(steer, ret, "thread %d could not be given back whole: %s",
			  puppet->tid, tier_strerror(ret));
}

int steer_hold_any(struct steer *steer, struct puppet *puppet)
{
	SCOPED_STRBUF struct strbuf names = { 0 };
	int ret = process_threads(steer->root, steer->wish->pid, &names);

	if (ret)
		return ret;
	for (size_t at = 0; at < names.len; at += strlen(names.text + at) + 1) {
		int32_t tid;

		if (parse_i32(names.text + at, &tid))
			continue;
		ret = steer_hold(steer, tid, puppet);
		if (ret)
			return ret;
	}
	return -ESRCH;
}

/* ---- the whole ------------------------------------------------------------------- */

static int write_call(struct steer *steer)
{
	static const char *const names[] = {
		[MEMPOLICY_DEFAULT] = "MPOL_DEFAULT",
		[MEMPOLICY_PREFERRED] = "MPOL_PREFERRED",
		[MEMPOLICY_BIND] = "MPOL_BIND",
		[MEMPOLICY_INTERLEAVE] = "MPOL_INTERLEAVE",
		[MEMPOLICY_LOCAL] = "MPOL_LOCAL",
		[MEMPOLICY_PREFERRED_MANY] = "MPOL_PREFERRED_MANY",
		[MEMPOLICY_WEIGHTED_INTERLEAVE] = "MPOL_WEIGHTED_INTERLEAVE",
	};
	const char *name = names[steer->mode & ~MEMPOLICY_MODE_FLAGS];
	char nodes[NODESET_TEXT];

	strbuf_reset(&steer->call);
	if (steer->policy.mode == TIER_MODE_DEFAULT)
		return strbuf_printf(&steer->call, "%s, NULL, 0", name);
	tier_nodeset_format(&steer->policy.nodes, nodes, sizeof(nodes));
	return strbuf_printf(&steer->call, "%s|MPOL_F_STATIC_NODES, {%s}, %lu", name,
			     nodes, MEMPOLICY_MAXNODE);
}

/* The page goes as it came: by a call of the process. If that has ended, so has it. */
static int clean_up(struct steer *steer)
{
	struct puppet puppet;
	uint64_t stopped_ns;
	int ret, ret_go;

	if (!steer->scratch)
		return 0;
	ret = steer_hold_any(steer, &puppet);
	if (ret <= 0)
		return ret == -ESRCH ? 0 : ret;
	ret = steer_unmap_scratch(steer, &puppet);
	ret_go = steer_let_go(steer, &puppet, &stopped_ns);
	if (ret == -ESRCH)
		return 0;
	return ret ? ret : ret_go;
}

/* No failure: all is as was asked for, and the page is in nobody's way. */
static void stays_mapped(struct steer *steer, int error)
{
	struct tier_steer_report *report = steer->report;

	report->error = 0;
	snprintf(report->message, sizeof(report->message),
		 "the page that was mapped for it at %llx stays there: %s",
		 (unsigned long long)steer->scratch, tier_strerror(error));
}

static int work(struct steer *steer)
{
	bool is_dry = steer->wish->flags & TIER_STEER_DRY;
	int ret = write_call(steer), ret_clean;

	if (!ret)
		ret = process_maps(steer->root, steer->wish->pid, &steer->maps);
	if (ret)
		return ret;
	if (!is_dry)
		ret = steer_find_gate(steer);
	if (ret)
		return ret;
	ret = steer->wish->mapping ? steer_mappings(steer) : steer_threads(steer);
	ret_clean = is_dry ? 0 : clean_up(steer);
	if (!ret && ret_clean)
		stays_mapped(steer, ret_clean);
	return ret;
}

struct job {
	struct steer *steer;
	int result;
};

static void work_apart(void *arg)
{
	struct job *job = arg;

	job->result = work(job->steer);
}

static void free_parts(struct steer *steer)
{
	strbuf_free(&steer->call);
	strbuf_free(&steer->maps);
	strbuf_free(&steer->seen);
	strbuf_free(&steer->before);
	strbuf_free(&steer->held);
}

/* A preview for a machine that is not this one: there is no process to look at. */
static int preview(struct steer *steer)
{
	SCOPED_STRBUF struct strbuf call = { 0 };
	bool is_mapping = steer->wish->mapping;
	struct tier_steered what = {
		.kind = is_mapping ? TIER_STEERED_MAPPING : TIER_STEERED_THREAD,
		.name = is_mapping ? steer->wish->mapping : "",
	};
	int ret = write_call(steer);

	if (!ret)
		ret = steer_tell_helper(steer, STEER_MAPS, 0);
	if (!ret && !is_mapping)
		ret = steer_tell_helper(steer, STEER_ASKS, -1);
	if (!ret)
		ret = is_mapping ? strbuf_printf(&call, "mbind(START, BYTES, %s, 0)",
						 strbuf_text(&steer->call)) :
				   strbuf_printf(&call, "set_mempolicy(%s)",
						 strbuf_text(&steer->call));
	if (ret)
		return ret;
	what.call = strbuf_text(&call);
	steer_tell(steer->tell, &what);
	return steer_tell_helper(steer, STEER_UNMAPS, 0);
}

int steer(struct steer *steer)
{
	struct job job = { steer, 0 };
	int ret = steer_prepare(steer);

	if (!ret && !steer->root->is_live)
		ret = preview(steer);
	else if (!ret)
		ret = steer->ops->apart(work_apart, &job);
	if (!ret)
		ret = job.result;
	free_parts(steer);
	if (ret == -ESRCH)
		return steer_fail(steer, ret, "ended meanwhile");
	if (ret == -EACCES || ret == -EPERM)
		return steer_fail(
			steer, ret,
			"somebody else's: be its owner, or have CAP_SYS_PTRACE");
	return ret ? steer_fail(steer, ret, "%s", tier_strerror(ret)) : 0;
}
