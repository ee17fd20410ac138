// SPDX-License-Identifier: GPL-2.0-or-later
// tierbench: find the command, open the machine, run it, see that its output arrived.
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#include "alloc_work.h"
#include "cmds.h"
#include "demotion.h"
#include "help.h"
#include "opt.h"
#include "write_all.h"

const struct cmd *const commands[] = {
	&cmd_quick,  &cmd_full,	  &cmd_latency, &cmd_bandwidth, &cmd_loaded,
	&cmd_matrix, &cmd_policy, &cmd_alloc,	&cmd_migrate,	&cmd_ratio,
	&cmd_diff,   &cmd_report, &cmd_help,	NULL,
};

/* ---- what comes out ------------------------------------------------------------------ */

static int print_notes(const struct bench *bench, struct strbuf *out)
{
	const struct run *run = &bench->run;
	int ret = 0;

	if (run->emulator[0])
		ret = strbuf_printf(out, "\n%s runs this machine: %s\n", run->emulator,
				    run->forced ?
					    "its figures say nothing of hardware." :
					    "places are proved, figures are not told.");
	if (!ret && run->advice[0])
		ret = strbuf_printf(out, "\nAdvice: %s\n", run->advice);
	return ret;
}

static int print_run(const struct bench *bench, struct strbuf *out)
{
	int ret;

	if (bench->options.json)
		return result_to_json(&bench->run, out);
	if (bench->options.csv)
		return result_to_csv(&bench->run, out);
	ret = result_to_table(&bench->run, out);
	return ret ? ret : print_notes(bench, out);
}

/* Whether the figures are of the nodes as they are, from the nearest CPUs, all of them. */
static bool is_of_machine(const struct bench *bench)
{
	const struct options *options = &bench->options;

	return bench->cmd->flags & CMD_TIERS && !options->nodes && !options->cpus &&
	       !options->threads && !options->pages && !options->kernels;
}

static void keep_figures(const struct bench *bench)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	int ret;

	if (!is_of_machine(bench))
		return;
	ret = result_to_measured(&bench->run, &text);
	if (ret)
		(void)say_error("figures", "cannot be told", ret);
	else if (text.len)
		(void)keep_measured(strbuf_text(&text), text.len);
}

static void keep_run(const struct bench *bench, const struct strbuf *json)
{
	(void)keep_result(bench->run.date, strbuf_text(json), json->len);
	keep_figures(bench);
}

/* Keep it and print it. */
static int put_out(struct bench *bench)
{
	SCOPED_STRBUF struct strbuf json = { 0 };
	SCOPED_STRBUF struct strbuf text = { 0 };
	int ret = result_to_json(&bench->run, &json), status = STATUS_DONE;

	if (!ret)
		ret = print_run(bench, &text);
	if (ret)
		return say_error("result", "cannot be told", ret);
	if (bench->options.output)
		status = write_file(bench->options.output, strbuf_text(&json), json.len);
	else if (!bench->options.no_store)
		keep_run(bench, &json);
	ret = write_all(STDOUT_FILENO, strbuf_text(&text), text.len);
	return ret ? say_error("standard output", "cannot be written", ret) : status;
}

/* Its figures, and what else the command leaves. */
static int tell(struct bench *bench)
{
	int status = put_out(bench);

	return !status && bench->cmd->leave ? bench->cmd->leave(bench) : status;
}

/* ---- one measuring command ------------------------------------------------------------- */

static void describe(struct bench *bench)
{
	struct run *run = &bench->run;
	const char *emulator = bench->machine.emulator;
	time_t now = time(NULL);
	struct tm utc;

	if (gmtime_r(&now, &utc))
		(void)strftime(run->date, sizeof(run->date), "%Y-%m-%dT%H:%M:%SZ", &utc);
	(void)snprintf(run->version, sizeof(run->version), "%s", tier_version());
	(void)snprintf(run->kernel, sizeof(run->kernel), "%.60s", bench->machine.kernel);
	(void)snprintf(run->signature, sizeof(run->signature), "%.60s",
		       bench->machine.signature);
	(void)snprintf(run->kernels, sizeof(run->kernels), "%s",
		       is_tried(bench) ? LOOPS_BY_TRIAL : bench->kernels->name);
	(void)snprintf(run->emulator, sizeof(run->emulator), "%s",
		       emulator ? emulator : "");
	(void)snprintf(run->huge_pages, sizeof(run->huge_pages), "%s",
		       bench->machine.huge_pages);
	(void)snprintf(run->balancing, sizeof(run->balancing), "%s",
		       bench->machine.balancing);
	run->forced = emulator && bench->options.force_figures;
}

static int measure(struct bench *bench, char **operands)
{
	int status = host_open(&bench->machine);

	if (!status)
		status = opt_understand(bench);
	if (!status) {
		describe(bench);
		bench->began_ns = now_ns();
		status = bench->cmd->run(bench, operands);
	}
	progress(bench, NULL);
	if (interrupted())
		status = die_interrupted(bench);
	else if (!status)
		status = tell(bench);
	run_free(&bench->run);
	host_close(&bench->machine);
	return status;
}

static volatile sig_atomic_t child, early;

/* Before there is a child it waits. */
static void pass_on(int number)
{
	if (child)
		(void)kill((pid_t)child, number);
	else
		early = number;
}

/* What ended the child ends us, and is said where the child could not. */
static int after(int wait_status)
{
	int number = WIFSIGNALED(wait_status) ? WTERMSIG(wait_status) : 0;

	if (!number)
		return WEXITSTATUS(wait_status);
	if (number == SIGKILL)
		return say(STATUS_FAILED, "memory",
			   "killed, as when memory runs out: the machine's, or a control "
			   "group's (memory.max); use a smaller --size");
	if (number == SIGBUS)
		return say(STATUS_FAILED, "memory",
			   "no huge page was left where it was wanted");
	(void)signal(number, SIG_DFL);
	(void)raise(number);
	return say(STATUS_FAILED, "measuring", "ended by signal %d", number);
}

/* Its wait status, or a negative errno. */
static int run_child(struct bench *bench, char **operands)
{
	const pid_t parent = getpid();
	pid_t pid = fork();
	int status, ret;

	if (pid < 0)
		return -errno;
	if (!pid) {
		catch_signals();
		if (early)
			(void)raise(early);
		(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
		exit(getppid() == parent ? measure(bench, operands) : STATUS_FAILED);
	}
	child = pid;
	if (early)
		(void)kill(pid, early);
	do
		ret = waitpid(pid, &status, 0) < 0 ? -errno : 0;
	while (ret == -EINTR);
	child = 0;
	return ret ? ret : status;
}

/* Measuring takes much memory, and who takes too much is killed: a child of ours is, so
 * that there is somebody left to say why, and to put back what was turned. */
static int measure_apart(struct bench *bench, char **operands)
{
	struct demotion demotion = { 0 };
	int back, ended, status = STATUS_DONE;

	on_ending_signals(pass_on, SA_RESTART);
	if (bench->options.turn_demotion)
		status = demotion_remember(&demotion);
	if (status)
		return status;
	ended = run_child(bench, operands);
	back = demotion_put_back(&demotion);
	status = ended < 0 ? say_error("process", "is lost", ended) : after(ended);
	return status ? status : back;
}

/* ---- the command line ------------------------------------------------------------------- */

static const struct cmd *find_command(const char *name)
{
	for (const struct cmd *const *cmd = commands; *cmd; cmd++)
		if (!strcmp((*cmd)->name, name))
			return *cmd;
	return NULL;
}

static int count_operands(char **operands)
{
	int count = 0;

	while (operands[count])
		count++;
	return count;
}

static int dispatch(struct bench *bench, char **argv)
{
	const struct cmd *cmd = bench->cmd;
	int status = opt_parse(bench, argv);

	if (status)
		return status;
	if (bench->options.version)
		return help_version();
	if (bench->options.help)
		return help_command(cmd);
	if (cmd->operand_count >= 0 && count_operands(argv) != cmd->operand_count)
		return say(STATUS_USAGE, cmd->name, "usage: tierbench %s %s", cmd->name,
			   cmd->operands ? cmd->operands : "[OPTION]...");
	return cmd->flags & (CMD_MEASURES | CMD_RUNS) ? measure_apart(bench, argv) :
							cmd->run(bench, argv);
}

int main(int argc, char **argv)
{
	static struct bench bench;
	char **at = argv + (argc > 0);

	/* A file that grows beyond its limit is an error of write(2), which is said, and what
	 * was begun is taken away. */
	(void)signal(SIGXFSZ, SIG_IGN);
	if (!*at)
		return say(STATUS_USAGE, "command line",
			   "no command; 'tierbench help' lists them, 'tierbench quick' "
			   "measures all nodes");
	if (!strcmp(*at, "--help") || !strcmp(*at, "-h"))
		return help_overview();
	if (!strcmp(*at, "--version"))
		return help_version();
	if (!strcmp(*at, ALLOC_WORK))
		return alloc_work(at + 1);
	bench.cmd = find_command(*at);
	if (!bench.cmd)
		return say(STATUS_USAGE, *at,
			   "no such command; 'tierbench help' lists them");
	return dispatch(&bench, at + 1);
}
