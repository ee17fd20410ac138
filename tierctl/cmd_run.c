// SPDX-License-Identifier: GPL-2.0-or-later
// tierctl run: a command with its memory where it was asked for.
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "cmd.h"
#include "cmds.h"
#include "policy_options.h"
#include "run.h"
#include "strbuf.h"

static struct {
	bool prefer_dram;
	struct policy_options policy;
	const char *cpus;
	const char *heap;
	bool best_effort;
	bool dry_run;
	bool report;
} options;

#define HERE(field) .offset = offsetof(typeof(options), field)

/* Options that exclude each other. */
enum { POLICY = 1, INSTEAD };

static const struct opt run_opts[] = {
	{ .help = "Memory policy (one of these, or none: the kernel's default):" },
	{ "prefer-dram", NULL,
	  "all DRAM first; what does not fit goes to the other tiers", HERE(prefer_dram),
	  0, POLICY, 0 },
	POLICY_OPTION(prefer, "SEL", "the same for any memory: SEL first, then anywhere",
		      offsetof(typeof(options), policy), POLICY),
	POLICY_OPTIONS(offsetof(typeof(options), policy), POLICY),
	{ .help = "And besides:" },
	{ "cpus", "near|SEL",
	  "run on the CPUs nearest to that memory, or on those of SEL", HERE(cpus),
	  OPT_WORDS_CPUS, 0, 0 },
	{ "heap", "SPEC",
	  "a heap on tiers, as ratio:dram=3,pmem=1 or limit:dram=8G, see the manual",
	  HERE(heap), 0, 0, 0 },
	{ "best-effort", NULL, "go on when the kernel refuses, and say what was not done",
	  HERE(best_effort), 0, 0, 0 },
	{ "dry-run", NULL, "print what would be done, and do nothing", HERE(dry_run), 0,
	  INSTEAD, 0 },
	{ "report", NULL,
	  "stay as parent; at the end print on stderr where the memory was", HERE(report),
	  0, INSTEAD, 0 },
	{ 0 },
};

static struct policy_choice find_choice(void)
{
	return options.prefer_dram ?
		       (struct policy_choice){ "--prefer-dram", "dram", "prefer" } :
		       policy_choice(&options.policy);
}

static int run_check(struct ctl *ctl, char **operands)
{
	const struct fault fault = { STATUS_USAGE, "run", NULL };

	if (!operands[0] && !options.dry_run)
		return err_say(ctl, &fault,
			       "no command given; --dry-run prints the plan without one");
	if (ctl->globals.json && !options.dry_run && !options.report)
		return err_say(
			ctl, &fault,
			"--json is for --dry-run and --report: nothing else prints");
	return STATUS_DONE;
}

/* What the option says, as the library reads it, and as a message names it. */
static int write_policy(struct ctl *ctl, struct strbuf *policy, struct strbuf *asked)
{
	const struct policy_choice choice = find_choice();
	const struct fault fault = { STATUS_FAILED, "run", NULL };
	int ret;

	if (!choice.selector) {
		ret = strbuf_puts(policy, "default");
		if (!ret && options.cpus)
			ret = strbuf_printf(asked, "--cpus %s", options.cpus);
		else if (!ret)
			ret = strbuf_puts(asked, "no policy");
	} else {
		ret = strbuf_printf(policy, "%s:%s", choice.mode, choice.selector);
		if (!ret && options.prefer_dram)
			ret = strbuf_puts(asked, choice.option);
		else if (!ret)
			ret = strbuf_printf(asked, "%s %s", choice.option,
					    choice.selector);
	}
	return ret ? ctl_fail(ctl, &fault, ret, NULL) : STATUS_DONE;
}

/* A selector of CPUs on its own first, so that a message can name its option. */
static int check_cpus(const struct run *run)
{
	char option[64];
	const struct fault fault = { 0, "run", option };
	struct tier_nodeset nodes;
	struct tier_diag diag = { 0 };
	int ret;

	if (!run->cpus || !strcmp(run->cpus, "near"))
		return STATUS_DONE;
	ret = tier_select(run->ctl->topology, run->cpus, &nodes, &diag);
	snprintf(option, sizeof(option), "--cpus %s", run->cpus);
	return ret ? ctl_fail(run->ctl, &fault, ret, &diag) : STATUS_DONE;
}

/* What the kernel's files cannot tell, hwloc may know: a kind (Knights Landing's
 * MCDRAM) or an order. It is asked only then, as asking it costs milliseconds. */
static int resolve_once_more(struct run *run, const struct tier_policy *policy)
{
	const struct fault fault = { 0, "run", run->asked };
	struct tier_diag diag = { 0 };
	int status = ctl_ask_hwloc(run->ctl);
	int ret;

	if (status)
		return status;
	ret = tier_policy_resolve(policy, run->ctl->topology, run->cpus, &run->plan,
				  &diag);
	return ret ? ctl_fail(run->ctl, &fault, ret, &diag) : STATUS_DONE;
}

static int resolve(struct run *run)
{
	const struct fault fault = { 0, "run", run->asked };
	struct tier_policy *policy = NULL;
	struct tier_diag diag = { 0 };
	int status = STATUS_DONE;
	int ret = tier_policy_parse(run->policy, &policy, &diag);

	if (!ret)
		ret = tier_policy_resolve(policy, run->ctl->topology, run->cpus,
					  &run->plan, &diag);
	if (ret == -ENXIO || ret == -ENODATA)
		status = resolve_once_more(run, policy);
	else if (ret)
		status = ctl_fail(run->ctl, &fault, ret, &diag);
	tier_policy_free(policy);
	return status;
}

static int refuse_elsewhere(struct ctl *ctl)
{
	const struct fault fault = { STATUS_UNSUPPORTED, "run", ctl->globals.root };

	return err_say(ctl, &fault,
		       "not this machine, so nothing is run; --dry-run shows the plan");
}

/* A machine that shows no nodes has no memory to choose from, which ends a best effort
 * no more than a refusal does. */
static int run_blindly(const struct run *run, const char *why)
{
	const struct fault fault = { STATUS_FAILED, "run", run->asked };

	if (!run->best_effort)
		return err_say(run->ctl, &fault, "%s; --best-effort runs it anyway", why);
	err_note("run", "%s; it runs without a policy%s", why,
		 options.report ? " and a report" : "");
	return run_exec(run);
}

static int discover(const struct run *run)
{
	struct ctl *ctl = run->ctl;
	struct tier_diag diag = { 0 };
	int ret = tier_topology_load(ctl->ctx, TIER_LOAD_CHEAP, &ctl->topology, &diag);

	if (ret == -ENODATA && !options.dry_run)
		return run_blindly(run, diag.message);
	return ret ? ctl_discover(ctl, TIER_LOAD_CHEAP) : STATUS_DONE;
}

static int carry_out(const struct run *run)
{
	struct tier_report report;
	int status;

	if (options.dry_run) {
		run_print_plan(run);
		return STATUS_DONE;
	}
	status = run_hand_down_heap(run);
	if (status)
		return status;
	if (options.report)
		return run_watch(run);
	status = run_apply(run, &report);
	return status ? status : run_exec(run);
}

static int run_run(struct ctl *ctl, char **operands)
{
	SCOPED_STRBUF struct strbuf policy = { 0 }, asked = { 0 };
	struct run run = { .ctl = ctl,
			   .cpus = options.cpus,
			   .best_effort = options.best_effort,
			   .command = operands };
	int status;

	if (!tier_ctx_is_live(ctl->ctx) && !options.dry_run)
		return refuse_elsewhere(ctl);
	status = write_policy(ctl, &policy, &asked);
	if (status)
		return status;
	run.policy = strbuf_text(&policy);
	run.asked = strbuf_text(&asked);
	status = discover(&run);
	if (!status)
		status = check_cpus(&run);
	if (!status && options.heap)
		status = run_resolve_heap(&run, options.heap);
	if (!status)
		status = resolve(&run);
	if (!status)
		status = carry_out(&run);
	tier_plan_free(run.plan);
	strbuf_free(&run.heap);
	return status;
}

const struct cmd cmd_run = {
	.name = "run",
	.summary = "run a command with its memory on the tiers that you choose",
	.usage = "[POLICY] [--cpus near|SEL] [--heap SPEC] [--best-effort] [--dry-run|--report] "
		 "[--] COMMAND [ARGUMENT...]",
	.about = "SEL names memory by meaning: dram, pmem, cxl, hbm, gpu, fastest, slowest, "
		 "fast, slow, tier:N, node:LIST, all; !SEL takes away, a comma adds. The "
		 "command takes tierctl's place, so its pid, signals and exit status are its "
		 "own. Failures of tierctl end with 125, a command that cannot be executed "
		 "with 126, one that does not exist with 127.",
	.operands = "COMMAND",
	.completes = "_tierctl_begin",
	.opts = run_opts,
	.values = &options,
	.flags = CMD_NEEDS_CONTEXT | CMD_JSON | CMD_STOPS,
	.failure = STATUS_RUN_FAILED,
	.operands_max = -1,
	.check = run_check,
	.run = run_run,
	.examples = {
		{ "tierctl run --prefer-dram -- ./server",
		  "DRAM while there is room, then the slower tiers." },
		{ "tierctl run --bind fast --cpus near -- ./query",
		  "Nothing slower than DRAM, on the CPUs next to it." },
		{ "tierctl run --weighted dram=3,cxl=1 --dry-run -- ./hpc",
		  "What would be done for three pages in DRAM to one in CXL memory." },
		{ "tierctl run --heap 'limit:dram=8G' -- ./server",
		  "A heap whose first 8 GiB are DRAM." },
		{ "tierctl run --prefer-dram --report -- make -j8",
		  "And where did its memory lie?" },
	},
};
