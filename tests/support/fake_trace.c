// SPDX-License-Identifier: GPL-2.0-or-later
// Threads that stop, call and go on as the kernel has them, on paper.
#include "fake_trace.h"

#include "fault.h"
#include "unit.h"

struct fake_traced fake_traced;

/* Places in struct user_regs_struct. */
enum {
	R10 = 7,
	RAX = 10,
	RDX = 12,
	RSI = 13,
	RDI = 14,
	ORIG_RAX = 15,
	RIP = 16,
	CS = 17
};

#define RSEQ_AREA 0x20000
#define OWN_MASK  0x5a

static struct regs own_regs(int index)
{
	struct regs regs;

	for (uint64_t i = 0; i < REGS_MOST; i++)
		regs.word[i] = 100 * (uint64_t)(index + 1) + i;
	regs.word[CS] = 0x33;
	/* Asleep in a call that the kernel restarts. */
	regs.word[ORIG_RAX] = 35;
	regs.word[RAX] = (uint64_t)-516;
	return regs;
}

void fake_traced_reset(void)
{
	fake_traced =
		(struct fake_traced){ .sequence = 0x1234, .ends = -1, .tick_ns = 1000 };
	for (int i = 0; i < FAKE_THREADS; i++) {
		fake_traced.threads[i].regs = own_regs(i);
		fake_traced.threads[i].mask = OWN_MASK;
	}
}

static struct fake_thread *find(int tid)
{
	int index = tid - FAKE_TRACED_PID;

	assert_true(index >= 0 && index < FAKE_THREADS);
	return &fake_traced.threads[index];
}

/* Faults are those of system calls. */
#define FAULT_POINT()                             \
	do {                                      \
		if (fault_point())                \
			return fault_sys_error(); \
	} while (0)

static void fake_go_to(uint64_t cpu)
{
	(void)cpu;
}

static int fake_seize(int tid)
{
	struct fake_thread *thread = find(tid);

	FAULT_POINT();
	if (thread->state == FAKE_HAS_ENDED)
		return -ESRCH;
	if (thread->is_seized)
		return -EPERM;
	thread->is_seized = true;
	return 0;
}

static void stop_soon(struct fake_thread *thread, enum trace_stop_kind kind)
{
	thread->state = FAKE_STOPS_SOON;
	thread->kind = kind;
}

/* Where it is on its way to. Any stop takes an interruption that came before it
 * (kernel/signal.c, ptrace_stop()). */
static void arrive(struct fake_thread *thread)
{
	if (thread->state != FAKE_STOPS_SOON)
		return;
	thread->is_interrupted = false;
	thread->state = FAKE_STANDS;
	thread->reports = true;
}

static int fake_interrupt(int tid)
{
	struct fake_thread *thread = find(tid);

	FAULT_POINT();
	if (thread->state == FAKE_HAS_ENDED || !thread->is_seized)
		return -ESRCH;
	if (thread->state == FAKE_RUNS)
		stop_soon(thread, TRACE_EVENT);
	else
		thread->is_interrupted = true;
	return 0;
}

static int fake_wait(int tid, uint64_t limit_ns, struct trace_stop *stop)
{
	struct fake_thread *thread = find(tid);

	FAULT_POINT();
	arrive(thread);
	if (!thread->reports) {
		/* To wait for ever for what cannot come is a fault of ours. */
		assert_true(limit_ns > 0);
		return -ETIMEDOUT;
	}
	*stop = (struct trace_stop){ thread->kind, 5 };
	return 0;
}

static void fake_bury(int tid)
{
	assert_int_not_equal(tid, FAKE_TRACED_PID);
	/* After a fault it may be thought to have ended. */
	(void)find(tid);
}

/* ---- the kernel ------------------------------------------------------------------ */

static unsigned char *page_at(uint64_t address, size_t count)
{
	if (!fake_traced.has_page || address < FAKE_PAGE ||
	    address + count > FAKE_PAGE + sizeof(fake_traced.page))
		return NULL;
	return fake_traced.page + (address - FAKE_PAGE);
}

static int64_t set_policy(struct fake_thread *thread, const uint64_t *word)
{
	const unsigned char *mask = page_at(word[RSI], sizeof(struct mempolicy_mask));

	if (word[RSI] && !mask)
		return -EFAULT;
	thread->mode = (int)word[RDI];
	thread->nodes = (struct mempolicy_mask){ 0 };
	if (mask)
		memcpy(&thread->nodes, mask, sizeof(thread->nodes));
	return 0;
}

static int64_t get_policy(const struct fake_thread *thread, const uint64_t *word)
{
	unsigned char *mode = page_at(word[RDI], sizeof(int));
	unsigned char *mask = page_at(word[RSI], sizeof(struct mempolicy_mask));

	if (!mode || !mask)
		return -EFAULT;
	memcpy(mode, &thread->mode, sizeof(thread->mode));
	memcpy(mask, &thread->nodes, sizeof(thread->nodes));
	return 0;
}

static int64_t make_call(struct fake_thread *thread)
{
	const uint64_t *word = thread->regs.word;

	if (fake_traced.calls < ARRAY_SIZE(fake_traced.called))
		fake_traced.called[fake_traced.calls] = word[RAX];
	if (++fake_traced.calls == fake_traced.fails_at)
		return fake_traced.error;
	switch (word[RAX]) {
	case 9:
		fake_traced.has_page = true;
		return FAKE_PAGE;
	case 11:
		assert_int_equal(word[RDI], FAKE_PAGE);
		fake_traced.has_page = false;
		return 0;
	case 237:
		assert_int_equal(word[RDI], 0x1000);
		assert_int_equal(word[RSI], 0x2000);
		return 0;
	case 238:
		return set_policy(thread, word);
	case 239:
		return get_policy(thread, word);
	default:
		fail_msg("call %llu", (unsigned long long)word[RAX]);
	}
	return -ENOSYS;
}

/* The call that it was aimed at, from its begin to its end. */
static void end_call(struct fake_thread *thread)
{
	/* The kernel forgets a sequence that it finds the thread outside of. */
	fake_traced.sequence = 0;
	thread->regs.word[RAX] = (uint64_t)make_call(thread);
	thread->is_at_call = false;
}

static int fake_resume(int tid, enum trace_how how, int signal)
{
	struct fake_thread *thread = find(tid);

	FAULT_POINT();
	assert_int_equal(signal, 0);
	arrive(thread);
	if (thread->state != FAKE_STANDS)
		return -ESRCH;
	thread->reports = false;
	if (thread->is_at_call) {
		end_call(thread);
	} else if (thread->is_interrupted) {
		thread->is_interrupted = false;
		stop_soon(thread, TRACE_EVENT);
		return 0;
	} else if (thread->regs.word[RIP] == FAKE_GATE && how == TRACE_TO_CALL) {
		if (tid - FAKE_TRACED_PID == fake_traced.ends) {
			thread->state = FAKE_HAS_ENDED;
			thread->reports = true;
			thread->kind = TRACE_GONE;
			return 0;
		}
		thread->is_at_call = true;
		stop_soon(thread, TRACE_CALL);
		return 0;
	}
	if (thread->is_interrupted) {
		thread->is_interrupted = false;
		stop_soon(thread, TRACE_EVENT);
		return 0;
	}
	fail_msg("thread %d runs on in the middle of what we do", tid);
	return 0;
}

/* ---- what stands ------------------------------------------------------------------ */

static int fake_detach(int tid)
{
	struct fake_thread *thread = find(tid);

	FAULT_POINT();
	if (thread->state != FAKE_STANDS)
		return -ESRCH;
	/* Only from here does the kernel restart what was interrupted. */
	assert_int_equal(thread->kind, TRACE_EVENT);
	thread->state = FAKE_RUNS;
	thread->is_seized = false;
	return 0;
}

static int fake_get_regs(int tid, void *regs, size_t bytes)
{
	const struct fake_thread *thread = find(tid);

	FAULT_POINT();
	if (thread->state != FAKE_STANDS)
		return -ESRCH;
	memcpy(regs, thread->regs.word, bytes);
	return 0;
}

static int fake_set_regs(int tid, const void *regs, size_t bytes)
{
	struct fake_thread *thread = find(tid);

	FAULT_POINT();
	if (thread->state != FAKE_STANDS)
		return -ESRCH;
	memcpy(thread->regs.word, regs, bytes);
	return 0;
}

static int fake_get_fp(int tid, void *fp, size_t *bytes)
{
	(void)find(tid);
	FAULT_POINT();
	*bytes = 832;
	memset(fp, 0x11, *bytes);
	return 0;
}

static int fake_get_mask(int tid, uint64_t *mask)
{
	FAULT_POINT();
	*mask = find(tid)->mask;
	return 0;
}

static int fake_set_mask(int tid, uint64_t mask)
{
	FAULT_POINT();
	if (find(tid)->state != FAKE_STANDS)
		return -ESRCH;
	find(tid)->mask = mask;
	return 0;
}

static int fake_rseq(int tid, uint64_t *address)
{
	(void)tid;
	FAULT_POINT();
	*address = RSEQ_AREA;
	return 0;
}

static int fake_read(int pid, uint64_t address, void *bytes, size_t count)
{
	/* With a return behind it, and what restores all. */
	static const unsigned char gate[] = { 0x0f, 0x05, 0xc3, 0xb8, 0x0f,
					      0,    0,	  0,	0x0f, 0x05 };
	const unsigned char *page = page_at(address, count);

	FAULT_POINT();
	assert_int_equal(pid, FAKE_TRACED_PID);
	if (fake_traced.has_no_memory)
		return -ESRCH;
	memset(bytes, 0, count);
	if (address == RSEQ_AREA + 8)
		memcpy(bytes, &fake_traced.sequence, sizeof(fake_traced.sequence));
	else if (address <= FAKE_GATE && address + count > FAKE_GATE + sizeof(gate))
		memcpy((char *)bytes + (FAKE_GATE - address), gate, sizeof(gate));
	else if (address >= FAKE_GATE && address + count <= FAKE_GATE + sizeof(gate))
		memcpy(bytes, gate + (address - FAKE_GATE), count);
	else if (page)
		memcpy(bytes, page, count);
	else
		return -EFAULT;
	return 0;
}

static int fake_write(int pid, uint64_t address, const void *bytes, size_t count)
{
	unsigned char *page = page_at(address, count);

	FAULT_POINT();
	assert_int_equal(pid, FAKE_TRACED_PID);
	if (address == RSEQ_AREA + 8)
		memcpy(&fake_traced.sequence, bytes, sizeof(fake_traced.sequence));
	else if (page)
		memcpy(page, bytes, count);
	else
		return -EFAULT;
	return 0;
}

static uint64_t fake_now_ns(void)
{
	static uint64_t now;

	return now += fake_traced.tick_ns;
}

/* The kernel lets go of what is held when the tracing thread ends. */
static int fake_apart(void (*work)(void *), void *arg)
{
	FAULT_POINT();
	work(arg);
	for (int i = 0; i < FAKE_THREADS; i++) {
		struct fake_thread *thread = &fake_traced.threads[i];

		arrive(thread);
		if (thread->state == FAKE_STANDS && thread->is_at_call)
			end_call(thread);
		if (thread->state == FAKE_STANDS)
			thread->state = FAKE_RUNS;
		thread->is_seized = false;
	}
	return 0;
}

const struct trace_ops fake_trace_ops = {
	.go_to = fake_go_to,
	.seize = fake_seize,
	.interrupt = fake_interrupt,
	.wait = fake_wait,
	.bury = fake_bury,
	.resume = fake_resume,
	.detach = fake_detach,
	.get_regs = fake_get_regs,
	.set_regs = fake_set_regs,
	.get_fp = fake_get_fp,
	.get_mask = fake_get_mask,
	.set_mask = fake_set_mask,
	.rseq = fake_rseq,
	.read = fake_read,
	.write = fake_write,
	.now_ns = fake_now_ns,
	.apart = fake_apart,
};

/* ---- afterwards ------------------------------------------------------------------- */

void fake_traced_check(void)
{
	if (fake_traced.sequence != 0x1234)
		fail_msg("a restartable sequence was forgotten");
	for (int i = 0; i < FAKE_THREADS; i++) {
		const struct fake_thread *thread = &fake_traced.threads[i];
		struct regs own = own_regs(i);

		if (thread->state == FAKE_HAS_ENDED)
			continue;
		if (thread->state != FAKE_RUNS || thread->is_seized)
			fail_msg("thread %d does not run, or is traced", i);
		if (memcmp(&thread->regs, &own, arch_x86_64.regs_bytes) != 0)
			fail_msg("thread %d has other registers", i);
		if (thread->mask != OWN_MASK)
			fail_msg("thread %d has another signal mask", i);
	}
}

unsigned int fake_traced_count(int mode)
{
	unsigned int count = 0;

	for (int i = 0; i < FAKE_THREADS; i++)
		count += fake_traced.threads[i].state != FAKE_HAS_ENDED &&
			 fake_traced.threads[i].mode == mode;
	return count;
}
