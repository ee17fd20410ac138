// SPDX-License-Identifier: GPL-2.0-or-later
// Counts the points where something can fail, and fails one of them. The linker
// sends our code's calls of malloc and its kin here (--wrap), and nobody else's.
#include "fault.h"

#include "unit.h"

/* Pointers that are not freed yet; more at a time than any scenario has. */
#define MOST_ALLOCATIONS 65536

static struct {
	bool is_on;
	unsigned int next;   /* number of the next point */
	unsigned int failed; /* number of the one that shall fail */
	enum fault_mode mode;
	bool fired;
	int root_error;
	int sys_error;
	void *live[MOST_ALLOCATIONS];
	size_t n_live;
} fault;

static const int root_errors[] = { -EIO, -EACCES, -ENOENT, -ENOMEM };
static const int sys_errors[] = { -EPERM, -ENOSYS, -EINVAL, -EFAULT };

bool fault_point(void)
{
	unsigned int number = fault.next;

	if (!fault.is_on)
		return false;
	fault.next++;
	if (number < fault.failed || (number > fault.failed && fault.mode == FAULT_ONE))
		return false;
	fault.fired = true;
	return true;
}

int fault_root_error(void)
{
	return fault.root_error;
}

int fault_sys_error(void)
{
	return fault.sys_error;
}

/* ---- allocations ------------------------------------------------------------- */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
char *__real_strdup(const char *text);
void __real_free(void *memory);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
char *__wrap_strdup(const char *text);
void __wrap_free(void *memory);

static void *remember(void *memory)
{
	if (!memory || !fault.is_on)
		return memory;
	assert_true(fault.n_live < MOST_ALLOCATIONS);
	fault.live[fault.n_live++] = memory;
	return memory;
}

/* What is freed was mostly allocated last. */
static void forget(uintptr_t memory)
{
	for (size_t i = fault.n_live; i-- > 0;) {
		if ((uintptr_t)fault.live[i] == memory) {
			fault.live[i] = fault.live[--fault.n_live];
			return;
		}
	}
}

void *__wrap_malloc(size_t size)
{
	return fault_point() ? NULL : remember(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fault_point() ? NULL : remember(__real_calloc(count, size));
}

void *__wrap_realloc(void *memory, size_t size)
{
	uintptr_t before = (uintptr_t)memory;
	void *grown;

	if (fault_point())
		return NULL;
	grown = __real_realloc(memory, size);
	if (grown && before)
		forget(before);
	return grown ? remember(grown) : NULL;
}

char *__wrap_strdup(const char *text)
{
	return fault_point() ? NULL : remember(__real_strdup(text));
}

void __wrap_free(void *memory)
{
	forget((uintptr_t)memory);
	__real_free(memory);
}

/* ---- a root ------------------------------------------------------------------- */

struct faulty_root {
	struct root root;
	struct root *inner;
};

static struct root *inner_root(struct root *root)
{
	return ((struct faulty_root *)root)->inner;
}

static int faulty_read(struct root *root, const char *path, struct strbuf *out)
{
	struct root *inner = inner_root(root);

	return fault_point() ? fault.root_error : inner->ops->read(inner, path, out);
}

static int faulty_list(struct root *root, const char *path, struct strbuf *out)
{
	struct root *inner = inner_root(root);

	return fault_point() ? fault.root_error : inner->ops->list(inner, path, out);
}

static int faulty_readlink(struct root *root, const char *path, struct strbuf *out)
{
	struct root *inner = inner_root(root);

	return fault_point() ? fault.root_error : inner->ops->readlink(inner, path, out);
}

static int faulty_realpath(struct root *root, const char *path, struct strbuf *out)
{
	struct root *inner = inner_root(root);

	return fault_point() ? fault.root_error : inner->ops->realpath(inner, path, out);
}

static int faulty_write(struct root *root, const char *path, const char *text)
{
	struct root *inner = inner_root(root);

	return fault_point() ? fault.root_error : inner->ops->write(inner, path, text);
}

static int faulty_write_for(struct root *root, const char *path, const char *text,
			    uint64_t limit_ms, int (*stop)(void))
{
	struct root *inner = inner_root(root);

	return fault_point() ? fault.root_error :
			       inner->ops->write_for(inner, path, text, limit_ms, stop);
}

static int faulty_keep(struct root *root, const char *path, const char *text,
		       bool only_new)
{
	struct root *inner = inner_root(root);

	return fault_point() ? fault.root_error :
			       inner->ops->keep(inner, path, text, only_new);
}

static int faulty_drop(struct root *root, const char *path)
{
	struct root *inner = inner_root(root);

	return fault_point() ? fault.root_error : inner->ops->drop(inner, path);
}

static void faulty_close(struct root *root)
{
	root_close(inner_root(root));
	free(root);
}

struct root *fault_root(struct root *root)
{
	static const struct root_ops ops = {
		.read = faulty_read,
		.list = faulty_list,
		.readlink = faulty_readlink,
		.realpath = faulty_realpath,
		.write = faulty_write,
		.write_for = faulty_write_for,
		.keep = faulty_keep,
		.drop = faulty_drop,
		.close = faulty_close,
	};
	struct faulty_root *faulty;

	if (!root)
		return NULL;
	faulty = calloc(1, sizeof(*faulty));
	if (!faulty) {
		root_close(root);
		return NULL;
	}
	faulty->root = (struct root){ .ops = &ops, .is_live = root->is_live };
	faulty->inner = root;
	return &faulty->root;
}

/* ---- a root that is lent -------------------------------------------------------- */

static struct root *lent;

static int lent_read(struct root *root, const char *path, struct strbuf *out)
{
	(void)root;
	return lent->ops->read(lent, path, out);
}

static int lent_list(struct root *root, const char *path, struct strbuf *out)
{
	(void)root;
	return lent->ops->list(lent, path, out);
}

static int lent_readlink(struct root *root, const char *path, struct strbuf *out)
{
	(void)root;
	return lent->ops->readlink(lent, path, out);
}

static int lent_realpath(struct root *root, const char *path, struct strbuf *out)
{
	(void)root;
	return lent->ops->realpath(lent, path, out);
}

static int lent_write(struct root *root, const char *path, const char *text)
{
	(void)root;
	return lent->ops->write(lent, path, text);
}

static int lent_write_for(struct root *root, const char *path, const char *text,
			  uint64_t limit_ms, int (*stop)(void))
{
	(void)root;
	return lent->ops->write_for(lent, path, text, limit_ms, stop);
}

static int lent_keep(struct root *root, const char *path, const char *text, bool only_new)
{
	(void)root;
	return lent->ops->keep(lent, path, text, only_new);
}

static int lent_drop(struct root *root, const char *path)
{
	(void)root;
	return lent->ops->drop(lent, path);
}

static void lent_close(struct root *root)
{
	(void)root;
}

struct root *fault_lent_root(struct root *root)
{
	static const struct root_ops ops = {
		.read = lent_read,
		.list = lent_list,
		.readlink = lent_readlink,
		.realpath = lent_realpath,
		.write = lent_write,
		.write_for = lent_write_for,
		.keep = lent_keep,
		.drop = lent_drop,
		.close = lent_close,
	};
	static struct root lender;

	lent = root;
	lender = (struct root){ .ops = &ops, .is_live = root->is_live };
	return fault_root(&lender);
}

/* ---- system calls --------------------------------------------------------------- */

static const struct sys_ops *inner_sys;

static int faulty_set_mempolicy(int mode, const unsigned long *mask,
				unsigned long maxnode)
{
	return fault_point() ? fault.sys_error :
			       inner_sys->set_mempolicy(mode, mask, maxnode);
}

static int faulty_get_mempolicy(int *mode, unsigned long *mask, unsigned long maxnode,
				unsigned long flags)
{
	return fault_point() ? fault.sys_error :
			       inner_sys->get_mempolicy(mode, mask, maxnode, flags);
}

static int faulty_setaffinity(size_t size, const cpu_set_t *cpus)
{
	return fault_point() ? fault.sys_error : inner_sys->setaffinity(size, cpus);
}

static int faulty_getnode(unsigned int *node)
{
	return fault_point() ? fault.sys_error : inner_sys->getnode(node);
}

static int faulty_interrupted(void)
{
	return fault_point() ? fault.sys_error : inner_sys->interrupted();
}

static int faulty_ask(enum policy_call call)
{
	return fault_point() ? fault.sys_error : inner_sys->ask(call);
}

static int faulty_modprobe(const char *const *args, struct strbuf *words)
{
	return fault_point() ? fault.sys_error : inner_sys->modprobe(args, words);
}

const struct sys_ops *fault_sys(const struct sys_ops *sys)
{
	static const struct sys_ops ops = {
		.set_mempolicy = faulty_set_mempolicy,
		.get_mempolicy = faulty_get_mempolicy,
		.setaffinity = faulty_setaffinity,
		.getnode = faulty_getnode,
		.interrupted = faulty_interrupted,
		.ask = faulty_ask,
		.modprobe = faulty_modprobe,
	};

	inner_sys = sys;
	return &ops;
}

/* ---- running ---------------------------------------------------------------------- */

struct fault_run fault_run(fault_scenario *scenario, void *arg, unsigned int point,
			   enum fault_mode mode)
{
	struct fault_run run;

	fault.next = 0;
	fault.failed = point;
	fault.mode = mode;
	fault.fired = false;
	fault.n_live = 0;
	if (!fault.root_error)
		fault.root_error = root_errors[0];
	if (!fault.sys_error)
		fault.sys_error = sys_errors[0];
	fault.is_on = true;
	run.result = scenario(arg);
	fault.is_on = false;
	run.fired = fault.fired;
	run.points = fault.next;
	run.leaked = fault.n_live;
	return run;
}

static void check(const struct fault_run *run, unsigned int point)
{
	if (run->leaked)
		fail_msg("point %u: %lu allocations are left", point, run->leaked);
	if (run->result > 0)
		fail_msg("point %u: the result is %d", point, run->result);
	if (!run->fired && run->result)
		fail_msg("no fault, and yet: %s", strerror(-run->result));
}

static unsigned int all_points(fault_scenario *scenario, void *arg, enum fault_mode mode)
{
	unsigned int point = 0;
	struct fault_run run;

	do {
		run = fault_run(scenario, arg, point, mode);
		check(&run, point);
		point++;
	} while (run.fired);
	return run.points;
}

unsigned int fault_each(fault_scenario *scenario, void *arg)
{
	unsigned int points = 0;

	for (size_t i = 0; i < ARRAY_SIZE(root_errors); i++) {
		fault.root_error = root_errors[i];
		fault.sys_error = sys_errors[i];
		points = all_points(scenario, arg, FAULT_ONE);
		all_points(scenario, arg, FAULT_ALL_AFTER);
	}
	return points;
}
