// SPDX-License-Identifier: GPL-2.0-or-later
// Every width of every loop on 64 KiB, against what it must leave behind, word by word.
#include "chance.h"
#include "kernels.h"
#include "unit.h"

#define BYTES (64 << 10)
#define LINES (BYTES / KERNEL_LINE_BYTES)
#define WORDS (BYTES / sizeof(uint64_t))
#define VALUE UINT64_C(0x123456789abcdef0)

/* Behind each buffer a line that nobody may touch. */
struct memory {
	uint64_t to[WORDS + KERNEL_LINE_WORDS];
	uint64_t from[WORDS + KERNEL_LINE_WORDS];
	uint64_t also[WORDS + KERNEL_LINE_WORDS];
} __attribute__((aligned(64)));

static struct memory before, wanted, got;

static void fill(struct memory *memory)
{
	struct chance chance = { 42 };

	for (size_t i = 0; i < sizeof(*memory) / sizeof(uint64_t); i++)
		((uint64_t *)memory)[i] = chance_next(&chance);
}

static uint64_t sum(const uint64_t *words, size_t lines)
{
	uint64_t total = 0;

	for (size_t i = 0; i < lines * KERNEL_LINE_WORDS; i++)
		total += words[i];
	return total;
}

static uint64_t mix(struct memory *m, const struct job *job, size_t lines)
{
	uint64_t total = sum(job->buffers == 1 ? m->to : m->from, lines);

	for (size_t group = 0; group < lines / job->reads; group++)
		for (size_t word = 0; word < KERNEL_LINE_WORDS; word++) {
			size_t from = group * job->reads * KERNEL_LINE_WORDS + word;

			if (job->buffers == 1)
				m->to[from]++;
			else
				m->to[group * KERNEL_LINE_WORDS + word] =
					m->from[from] + 1;
		}
	return total;
}

/* What a job is said to do, as plainly as can be. */
static uint64_t plainly(struct memory *m, const struct job *job, size_t lines)
{
	size_t words = lines * KERNEL_LINE_WORDS;

	switch (job->body) {
	case BODY_READ:
		return sum(m->to, lines);
	case BODY_MIX:
	case BODY_MIX_NT:
		return mix(m, job, lines);
	case BODY_WRITE:
	case BODY_WRITE_NT:
		for (size_t i = 0; i < words; i++)
			m->to[i] = VALUE;
		return 0;
	case BODY_COPY:
	case BODY_COPY_NT:
		memcpy(m->to, m->from, words * sizeof(*m->to));
		return 0;
	default:
		for (size_t i = 0; i < words; i++)
			m->to[i] = m->from[i] + 3 * m->also[i];
		return 0;
	}
}

static int check(const struct kernel_set *set, const struct job *job, size_t lines)
{
	const struct kernel_args args = { got.to, got.from,   got.also,
					  lines,  job->reads, VALUE };
	uint64_t want_sum, got_sum;
	int failures = 0;

	wanted = before;
	got = before;
	want_sum = plainly(&wanted, job, lines);
	got_sum = set->body[job->body](&args);
	if (got_sum != want_sum)
		ROW_FAILS(failures, "%s %s, %zu lines: sum\n", set->name, job->name,
			  lines);
	if (memcmp(&got, &wanted, sizeof(got)) != 0)
		ROW_FAILS(failures, "%s %s, %zu lines: memory\n", set->name, job->name,
			  lines);
	return failures;
}

static void test_kernels__do_the_same_at_every_width(void **state)
{
	static const size_t lines[] = { LINES, LINES - 1, LINES - 2, 7, 3, 2, 1, 0 };
	int failures = 0, ran = 0;

	(void)state;
	fill(&before);
	for (const struct kernel_set *const *set = kernel_sets; *set; set++) {
		if (!(*set)->runs_here()) {
			print_message("[  NOTE    ] this processor has no %s\n",
				      (*set)->name);
			continue;
		}
		ran++;
		for (const struct job *job = jobs; job->name; job++)
			for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
				failures += check(*set, job, lines[i]);
	}
	assert_rows(failures);
	/* The word-by-word one and what every x86-64 or arm64 has. */
	assert_true(ran >= 2);
}

static void test_kernels__find(void **state)
{
	(void)state;
	assert_non_null(kernels_find(NULL));
	assert_true(kernels_find(NULL)->runs_here());
	assert_string_equal(kernels_find("scalar")->name, "scalar");
	assert_null(kernels_find("mmx"));
	assert_string_equal(job_find("3:1")->name, "3:1");
	assert_null(job_find("4:1"));
}

/* Bytes on the bus: a store that reads its line first counts that line too. */
static void test_kernels__count_bytes(void **state)
{
	int failures = 0;

	(void)state;
	for (const struct job *job = jobs; job->name; job++) {
		bool plain_store = job->body == BODY_WRITE || job->body == BODY_COPY ||
				   job->body == BODY_TRIAD;
		double reads = job->app_lines * job->read_part;
		double writes = job->app_lines - reads;

		if (job->bus_lines - job->app_lines != (plain_store ? 1 : 0))
			ROW_FAILS(failures, "%s: bus\n", job->name);
		if (writes > 0 && reads > 0 && job->reads > 1 &&
		    (reads / writes - job->reads) * (reads / writes - job->reads) > 1e-9)
			ROW_FAILS(failures, "%s: mix\n", job->name);
	}
	assert_rows(failures);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kernels__do_the_same_at_every_width),
		cmocka_unit_test(test_kernels__find),
		cmocka_unit_test(test_kernels__count_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
