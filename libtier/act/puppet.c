// SPDX-License-Identifier: LGPL-2.1-or-later
// Holding, calling, letting go. All signals that can be blocked are, while its registers are
// not its own: they wait in the kernel's queue, in their order and with all that they carry.
// The order of steps is such that a thread whose tracer is killed after any of them goes on
// as its own: by itself, or by its net.
#include "puppet.h"

#include <errno.h>
#include <string.h>

#define ALL_SIGNALS UINT64_MAX

/* struct rseq, include/uapi/linux/rseq.h: rseq_cs is behind two CPU numbers. */
#define RSEQ_CS_OFFSET 8

/* A thread that was stopped already stops once more for the interruption; more stops of
 * that kind in a row mean that something else is going on. */
#define MOST_EVENTS 100

/* The first thread's end is its parent's to hear of. */
static int gone(const struct puppet *puppet)
{
	if (puppet->tid != puppet->pid)
		puppet->ops->bury(puppet->tid);
	return -ESRCH;
}

/* ---- holding --------------------------------------------------------------------- */

/* Signals on their way are passed on; their handlers' first instruction is a good place
 * to stand. */
static int wait_event(struct puppet *puppet, uint64_t limit_ns)
{
	const struct trace_ops *ops = puppet->ops;

	for (;;) {
		struct trace_stop stop;
		int ret = ops->wait(puppet->tid, limit_ns, &stop);

		if (ret)
			return ret;
		if (stop.kind == TRACE_GONE)
			return -ESRCH;
		if (stop.kind == TRACE_EVENT)
			return 0;
		/* Its stop has taken an interruption that came before it. */
		if (stop.kind == TRACE_CALL)
			ret = ops->interrupt(puppet->tid);
		if (!ret)
			ret = ops->resume(puppet->tid, TRACE_RUN,
					  stop.kind == TRACE_SIGNAL ? stop.signal : 0);
		if (ret)
			return ret;
	}
}

/* Another program may have come in the place of the one that the code was found in. */
static int check_code(const struct puppet *puppet, const struct arch_code *code,
		      uint64_t at)
{
	unsigned char bytes[16];
	int ret = puppet->ops->read(puppet->pid, at, bytes, code->count);

	if (ret)
		return ret == -EFAULT ? -ESTALE : ret;
	return memcmp(bytes, code->bytes, code->count) ? -ESTALE : 0;
}

static int check_gate(const struct puppet *puppet)
{
	int ret = check_code(puppet, puppet->gate_code, puppet->gate);

	if (!ret && puppet->restorer)
		ret = check_code(puppet, puppet->restorer_code, puppet->restorer);
	return ret;
}

/* The kernel forgets a sequence when the thread makes a system call outside of it; noted
 * and put back, it aborts the sequence, as after every stop. */
static int note_sequence(struct puppet *puppet)
{
	int ret = puppet->ops->rseq(puppet->tid, &puppet->rseq);

	if (ret || !puppet->rseq)
		return ret;
	puppet->rseq += RSEQ_CS_OFFSET;
	return puppet->ops->read(puppet->pid, puppet->rseq, &puppet->sequence,
				 sizeof(puppet->sequence));
}

/* A call that has ended by the stop alone is given back to the kernel at once, where that
 * needs nothing more to be known. */
static int settle_now(struct puppet *puppet)
{
	const struct regs before = puppet->regs;
	size_t bytes = puppet->arch->regs_bytes;

	if (puppet->arch->asks_asleep)
		return 0;
	puppet->arch->settle(&puppet->regs, &puppet->asleep, false);
	if (!memcmp(&before, &puppet->regs, bytes))
		return 0;
	return puppet->ops->set_regs(puppet->tid, puppet->regs.word, bytes);
}

/* All that can be refused, before anything is changed. */
static int look(struct puppet *puppet)
{
	const struct trace_ops *ops = puppet->ops;
	int ret = ops->get_regs(puppet->tid, puppet->regs.word, puppet->arch->regs_bytes);

	if (!ret && !puppet->arch->is_native(&puppet->regs))
		ret = -ENOEXEC;
	if (!ret)
		ret = settle_now(puppet);
	if (!ret)
		ret = check_gate(puppet);
	if (!ret)
		ret = ops->get_mask(puppet->tid, &puppet->mask);
	return ret ? ret : note_sequence(puppet);
}

int puppet_hold(struct puppet *puppet, uint64_t limit_ns)
{
	const struct trace_ops *ops = puppet->ops;
	int ret = ops->seize(puppet->tid);

	if (ret)
		return ret;
	puppet->state = PUPPET_OWN;
	ret = ops->interrupt(puppet->tid);
	if (!ret)
		ret = wait_event(puppet, limit_ns);
	if (ret)
		return ret == -ESRCH ? gone(puppet) : ret;
	puppet->held_ns = ops->now_ns();
	ret = look(puppet);
	if (ret)
		(void)ops->detach(puppet->tid);
	return ret == -ESRCH ? gone(puppet) : ret;
}

/* ---- a net ----------------------------------------------------------------------- */

static bool weave(struct puppet *puppet, uint64_t at, unsigned char *net)
{
	unsigned char fp[NET_FP_BYTES];
	struct regs regs = puppet->regs;
	struct net_input input = {
		.regs = &regs,
		.mask = puppet->mask,
		.at = at,
		.restorer = puppet->restorer,
		.fp = fp,
		.fp_bytes = sizeof(fp),
	};

	puppet->arch->settle(&regs, &puppet->asleep, false);
	return !puppet->ops->get_fp(puppet->tid, fp, &input.fp_bytes) &&
	       puppet->arch->net->weave(&input, net);
}

void puppet_spread_net(struct puppet *puppet, uint64_t at, bool keeps)
{
	const struct trace_ops *ops = puppet->ops;
	unsigned char net[NET_BYTES];

	if (!puppet->restorer || !weave(puppet, at, net))
		return;
	if (keeps && ops->read(puppet->pid, at, puppet->kept, sizeof(puppet->kept)))
		return;
	if (ops->write(puppet->pid, at, net, sizeof(net)))
		return;
	/* Of two, the first has kept something. */
	if (keeps)
		puppet->kept_at = at;
	puppet->net = at;
}

/* ---- calling --------------------------------------------------------------------- */

/* To where the call begins. A signal can only be one that cannot be blocked; a stop of the
 * whole process does not hinder the call. */
static int run_to_call(struct puppet *puppet)
{
	const struct trace_ops *ops = puppet->ops;
	struct trace_stop stop = { .kind = TRACE_EVENT };

	for (int events = 0; events < MOST_EVENTS; events++) {
		int signal = stop.kind == TRACE_SIGNAL ? stop.signal : 0;
		int ret = ops->resume(puppet->tid, TRACE_TO_CALL, signal);

		if (!ret)
			ret = ops->wait(puppet->tid, 0, &stop);
		if (ret)
			return ret;
		if (stop.kind == TRACE_GONE)
			return -ESRCH;
		if (stop.kind == TRACE_CALL)
			return 0;
	}
	return -EBUSY;
}

/* And through it, to where it is on its way out of the kernel again: the same kind of stop
 * in which it was found, and the only one in which the kernel restarts what it was found in.
 * None of the calls that are made here ends because somebody interrupts. */
static int run_through_call(struct puppet *puppet)
{
	const struct trace_ops *ops = puppet->ops;
	int ret = ops->interrupt(puppet->tid);

	if (!ret)
		ret = ops->resume(puppet->tid, TRACE_RUN, 0);
	return ret ? ret : wait_event(puppet, 0);
}

int puppet_call(struct puppet *puppet, const struct regs_call *call, int64_t *result)
{
	const struct trace_ops *ops = puppet->ops;
	size_t bytes = puppet->arch->regs_bytes;
	struct regs regs = puppet->regs;
	bool is_first;
	int ret;

	puppet->arch->aim(&regs, puppet->gate, call);
	if (puppet->net)
		puppet->arch->net->spread(&regs, puppet->net);
	is_first = puppet->state == PUPPET_OWN;
	puppet->state = PUPPET_LOST;
	ret = ops->set_regs(puppet->tid, regs.word, bytes);
	if (!ret && is_first)
		ret = ops->set_mask(puppet->tid, ALL_SIGNALS);
	if (!ret)
		ret = run_to_call(puppet);
	if (!ret)
		ret = run_through_call(puppet);
	if (ret)
		return ret;
	puppet->state = PUPPET_CALLED;
	ret = ops->get_regs(puppet->tid, regs.word, bytes);
	if (!ret)
		*result = puppet->arch->result(&regs);
	return ret;
}

/* ---- letting go ------------------------------------------------------------------ */

/* What must be put back is tried so often. No reason to fail is known, but for the end of
 * the thread; a chance more costs nothing. */
#define TRIES 3

/* And it is waited for so long. */
#define BACK_LIMIT_NS 10000000000ULL

/* After a failure: to the kind of stop in which the thread was found. Should it be on its way
 * to another, that is passed. Nothing is resumed before its stop was seen: it may have come to
 * the one that is wanted in between, and would run on with registers that are not its own. */
static int back_to_event(struct puppet *puppet)
{
	const struct trace_ops *ops = puppet->ops;
	int ret = -ESRCH;

	for (int i = 0; i < TRIES; i++) {
		ret = ops->interrupt(puppet->tid);
		if (!ret)
			ret = wait_event(puppet, BACK_LIMIT_NS);
		if (!ret)
			break;
	}
	return ret;
}

static int put_regs_back(const struct puppet *puppet, const struct regs *regs)
{
	int ret = -ESRCH;

	for (int i = 0; ret && i < TRIES; i++)
		ret = puppet->ops->set_regs(puppet->tid, regs->word,
					    puppet->arch->regs_bytes);
	return ret;
}

static int put_sequence_back(const struct puppet *puppet)
{
	int ret = -ESRCH;

	if (!puppet->rseq || !puppet->sequence)
		return 0;
	for (int i = 0; ret && i < TRIES; i++)
		ret = puppet->ops->write(puppet->pid, puppet->rseq, &puppet->sequence,
					 sizeof(puppet->sequence));
	return ret;
}

static int put_memory_back(const struct puppet *puppet)
{
	int ret = -ESRCH;

	if (!puppet->kept_at)
		return 0;
	for (int i = 0; ret && i < TRIES; i++)
		ret = puppet->ops->write(puppet->pid, puppet->kept_at, puppet->kept,
					 sizeof(puppet->kept));
	return ret;
}

static int put_mask_back(const struct puppet *puppet)
{
	int ret = -ESRCH;

	for (int i = 0; ret && i < TRIES; i++)
		ret = puppet->ops->set_mask(puppet->tid, puppet->mask);
	return ret;
}

static int detach(const struct puppet *puppet)
{
	int ret = -ESRCH;

	for (int i = 0; ret && i < TRIES; i++)
		ret = puppet->ops->detach(puppet->tid);
	return ret;
}

static void keep_first(int *error, int ret)
{
	if (!*error)
		*error = ret;
}

int puppet_let_go(struct puppet *puppet, bool signal_waits, uint64_t *stopped_ns)
{
	const struct trace_ops *ops = puppet->ops;
	struct regs regs = puppet->regs;
	int error = 0;

	if (puppet->state == PUPPET_LOST)
		keep_first(&error, back_to_event(puppet));
	if (puppet->state != PUPPET_OWN) {
		puppet->arch->settle(&regs, &puppet->asleep, signal_waits);
		keep_first(&error, put_mask_back(puppet));
		keep_first(&error, put_regs_back(puppet, &regs));
		keep_first(&error, put_memory_back(puppet));
		keep_first(&error, put_sequence_back(puppet));
	}
	*stopped_ns = ops->now_ns() - puppet->held_ns;
	keep_first(&error, detach(puppet));
	return error == -ESRCH ? gone(puppet) : error;
}
