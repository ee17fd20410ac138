// SPDX-License-Identifier: LGPL-2.1-or-later
// Copies of jemalloc are brought to life one at a time, and never while a thread forks:
// the child would have half of one. So what they do at a fork is done from here.
#include "life.h"

#include <pthread.h>
#include <stdatomic.h>

#include "copies.h"

static _Atomic unsigned int living; /* a bit for each copy */
static pthread_mutex_t waking = PTHREAD_MUTEX_INITIALIZER;

static struct {
	void (*before)(void);
	void (*parent)(void);
	void (*child)(void);
} handlers[COPIES];
static _Atomic unsigned int n_handlers;

bool life_has(unsigned int copy)
{
	return atomic_load_explicit(&living, memory_order_acquire) >> copy & 1;
}

void life_wake(unsigned int copy)
{
	if (life_has(copy))
		return;
	pthread_mutex_lock(&waking);
	if (!life_has(copy))
		copy_calls[copy].free(copy_calls[copy].malloc(1));
	atomic_fetch_or(&living, 1U << copy);
	pthread_mutex_unlock(&waking);
}

/* What "arena.4096.purge" does, without the third of a megabyte that jemalloc's control
 * takes when it is first asked. NULL: jemalloc looks up itself what it has of the thread. */
void life_trim(unsigned int copy)
{
	const struct copy_calls *calls = &copy_calls[copy];

	if (!life_has(copy))
		return;
	for (unsigned int i = 0; i < calls->count_arenas(); i++) {
		void *arena =
			atomic_load_explicit(&calls->arenas[i], memory_order_acquire);

		if (arena)
			calls->decay(NULL, arena, false, true);
	}
}

/* ---- fork -------------------------------------------------------------------------- */

static void before_fork(void)
{
	pthread_mutex_lock(&waking);
	for (unsigned int i = 0; i < COPIES; i++)
		if (handlers[i].before)
			handlers[i].before();
}

static void after_fork_in_parent(void)
{
	for (unsigned int i = 0; i < COPIES; i++)
		if (handlers[i].parent)
			handlers[i].parent();
	pthread_mutex_unlock(&waking);
}

static void after_fork_in_child(void)
{
	for (unsigned int i = 0; i < COPIES; i++)
		if (handlers[i].child)
			handlers[i].child();
	pthread_mutex_unlock(&waking);
}

/* What a copy calls when it begins, each once. Signature: pthread_atfork(3)'s. */
int copy_pthread_atfork(void (*before)(void), void (*parent)(void), void (*child)(void));

int copy_pthread_atfork(void (*before)(void), void (*parent)(void), void (*child)(void))
{
	unsigned int number = atomic_fetch_add(&n_handlers, 1);

	handlers[number].before = before;
	handlers[number].parent = parent;
	handlers[number].child = child;
	return number ? 0 :
			pthread_atfork(before_fork, after_fork_in_parent,
				       after_fork_in_child);
}
