// SPDX-License-Identifier: GPL-2.0-or-later
// Registers of both processors, as the kernel shows them to a tracer and must get them back;
// and the numbers, against those of this machine's kernel.
#include <sys/syscall.h>
#include <sys/user.h>

#include "arch.h"
#include "unit.h"

/* Places in struct user_regs_struct. */
enum { RAX = 10, ORIG_RAX = 15, RIP = 16, CS = 17 };
/* And in struct user_pt_regs. */
enum { X0 = 0, X8 = 8, SP = 31, PC = 32 };

/* include/linux/errno.h */
#define RESTART_SYS	     (-512)
#define RESTART_NO_INTERRUPT (-513)
#define RESTART_NO_HANDLER   (-514)
#define RESTART_BLOCK	     (-516)

static struct regs numbered(void)
{
	struct regs regs;

	for (uint64_t i = 0; i < REGS_MOST; i++)
		regs.word[i] = 1000 + i;
	return regs;
}

static void test_arch__numbers_are_those_of_the_kernel(void **state)
{
	const struct arch *arch = arch_here();

	(void)state;
	if (!arch) {
		print_message("skip: neither x86-64 nor arm64\n");
		skip();
	}
	assert_int_equal(arch->set_mempolicy, SYS_set_mempolicy);
	assert_int_equal(arch->get_mempolicy, SYS_get_mempolicy);
	assert_int_equal(arch->mbind, SYS_mbind);
	assert_int_equal(arch->mmap, SYS_mmap);
	assert_int_equal(arch->munmap, SYS_munmap);
	assert_int_equal(arch->regs_bytes, sizeof(struct user_regs_struct));
}

/* ---- making a call ---------------------------------------------------------------- */

static const struct regs_call call = { 77, { 1, 2, 3, 4, 5, 6 } };

/* All registers but these are as they were. */
static void check_aim(const struct arch *arch, const unsigned char places[6],
		      const struct regs *expected)
{
	struct regs regs = numbered();

	arch->aim(&regs, 0x7000, &call);
	for (int i = 0; i < 6; i++)
		assert_int_equal(regs.word[places[i]], i + 1);
	for (size_t i = 0; i < arch->regs_bytes / sizeof(uint64_t); i++) {
		bool is_place = memchr(places, (int)i, 6);

		if (!is_place && regs.word[i] != expected->word[i])
			fail_msg("%s: register %zu is %llu", arch->name, i,
				 (unsigned long long)regs.word[i]);
	}
}

static void test_arch__aims_x86_64(void **state)
{
	static const unsigned char places[] = { 14, 13, 12, 7, 9, 8 };
	struct regs expected = numbered();

	(void)state;
	expected.word[RAX] = 77;
	/* Else the kernel would take the result for a code, and restart what was. */
	expected.word[ORIG_RAX] = UINT64_MAX;
	expected.word[RIP] = 0x7000;
	check_aim(&arch_x86_64, places, &expected);
	assert_int_equal(arch_x86_64.regs_bytes, 27 * 8);
}

static void test_arch__aims_arm64(void **state)
{
	static const unsigned char places[] = { 0, 1, 2, 3, 4, 5 };
	struct regs expected = numbered();

	(void)state;
	expected.word[X8] = 77;
	expected.word[PC] = 0x7000;
	check_aim(&arch_arm64, places, &expected);
	assert_int_equal(arch_arm64.regs_bytes, 34 * 8);
}

static void test_arch__results(void **state)
{
	struct regs regs = numbered();

	(void)state;
	regs.word[RAX] = (uint64_t)-EPERM;
	regs.word[X0] = (uint64_t)-EINVAL;
	assert_int_equal(arch_x86_64.result(&regs), -EPERM);
	assert_int_equal(arch_arm64.result(&regs), -EINVAL);
}

static void test_arch__32_bit_code(void **state)
{
	struct regs regs = numbered();

	(void)state;
	regs.word[CS] = 0x33;
	assert_true(arch_x86_64.is_native(&regs));
	regs.word[CS] = 0x23;
	assert_false(arch_x86_64.is_native(&regs));
}

/* ---- giving back ------------------------------------------------------------------ */

static void test_arch__settles_x86_64(void **state)
{
	static const struct {
		int64_t number, before, after;
	} rows[] = {
		/* The kernel's own codes stay: it acts upon them. */
		{ 35, RESTART_BLOCK, RESTART_BLOCK },
		{ 202, RESTART_SYS, RESTART_SYS },
		{ 202, RESTART_BLOCK, RESTART_BLOCK },
		{ 61, RESTART_NO_INTERRUPT, RESTART_NO_INTERRUPT },
		{ 271, RESTART_NO_HANDLER, RESTART_NO_HANDLER },
		/* Calls that give EINTR for a mere stop. */
		{ 232, -EINTR, RESTART_NO_HANDLER },
		{ 281, -EINTR, RESTART_NO_HANDLER },
		{ 441, -EINTR, RESTART_NO_HANDLER },
		{ 128, -EINTR, RESTART_NO_HANDLER },
		{ 65, -EINTR, RESTART_NO_HANDLER },
		{ 45, -EINTR, RESTART_NO_HANDLER },
		{ 0, -EINTR, RESTART_NO_HANDLER },
		/* Their other results, and EINTR of those that may have done something. */
		{ 232, 1, 1 },
		{ 232, 0, 0 },
		{ 232, -EBADF, -EBADF },
		{ 3, -EINTR, -EINTR },
		{ 16, -EINTR, -EINTR },
		{ 35, -EINTR, -EINTR },
		/* In no call, rax is a number like any other. */
		{ -1, -EINTR, -EINTR },
		{ -1, RESTART_BLOCK, RESTART_BLOCK },
	};
	const struct regs_asleep unknown = { 0 };
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct regs regs = numbered(), expected;

		regs.word[RAX] = (uint64_t)rows[i].before;
		regs.word[ORIG_RAX] = (uint64_t)rows[i].number;
		expected = regs;
		expected.word[RAX] = (uint64_t)rows[i].after;
		arch_x86_64.settle(&regs, &unknown, i % 2);
		if (memcmp(&regs, &expected, sizeof(regs)) != 0)
			ROW_FAILS(failures, "row %zu: call %lld, rax %lld\n", i,
				  (long long)rows[i].number, (long long)regs.word[RAX]);
	}
	assert_rows(failures);
}

static void test_arch__settles_arm64(void **state)
{
	static const struct {
		const char *asleep; /* sp 0x5000, next instruction 0x1004 */
		uint64_t pc;
		int64_t x0, x8;
		bool signal;
		uint64_t new_pc;
		int64_t new_x0, new_x8;
	} rows[] = {
		/* Rewound by the kernel: time that is left is noted for restart_syscall. */
		{ "101 0x9 0x0 0x0 0x0 0x0 0x0 0x5000 0x1004", 0x1000, 9, 101, false,
		  0x1000, 9, 128 },
		{ "115 0x1 0x0 0x9 0x0 0x0 0x0 0x5000 0x1004", 0x1000, 1, 115, false,
		  0x1000, 1, 128 },
		{ "98 0x9 0x80 0x0 0x7 0x0 0x0 0x5000 0x1004", 0x1000, 9, 98, false,
		  0x1000, 9, 128 },
		{ "98 0x9 0x189 0x0 0x7 0x0 0x0 0x5000 0x1004", 0x1000, 9, 98, true,
		  0x1000, 9, 128 },
		/* Until a point in time, without a time, waking: begun anew. */
		{ "115 0x1 0x1 0x9 0x0 0x0 0x0 0x5000 0x1004", 0x1000, 1, 115, false,
		  0x1000, 1, 115 },
		{ "98 0x9 0x80 0x0 0x0 0x0 0x0 0x5000 0x1004", 0x1000, 9, 98, false,
		  0x1000, 9, 98 },
		{ "98 0x9 0x81 0x0 0x7 0x0 0x0 0x5000 0x1004", 0x1000, 9, 98, false,
		  0x1000, 9, 98 },
		{ "63 0x9 0x0 0x0 0x0 0x0 0x0 0x5000 0x1004", 0x1000, 9, 63, false,
		  0x1000, 9, 63 },
		/* EINTR for a mere stop: x0 is gone, and known from before. */
		{ "22 0x9 0x0 0x0 0x0 0x0 0x0 0x5000 0x1004", 0x1004, -EINTR, 22, false,
		  0x1000, 9, 22 },
		{ "193 0x9 0x0 0x0 0x0 0x0 0x0 0x5000 0x1004", 0x1004, -EINTR, 193, false,
		  0x1000, 9, 193 },
		/* EINTR for a signal, other results, other calls. */
		{ "22 0x9 0x0 0x0 0x0 0x0 0x0 0x5000 0x1004", 0x1004, -EINTR, 22, true,
		  0x1004, -EINTR, 22 },
		{ "22 0x9 0x0 0x0 0x0 0x0 0x0 0x5000 0x1004", 0x1004, 1, 22, false,
		  0x1004, 1, 22 },
		{ "57 0x9 0x0 0x0 0x0 0x0 0x0 0x5000 0x1004", 0x1004, -EINTR, 57, false,
		  0x1004, -EINTR, 57 },
		/* It was in another place, or it ran: nothing is known. */
		{ "101 0x9 0x0 0x0 0x0 0x0 0x0 0x5010 0x1004", 0x1000, 9, 101, false,
		  0x1000, 9, 101 },
		{ "101 0x8 0x0 0x0 0x0 0x0 0x0 0x5000 0x1004", 0x1000, 9, 101, false,
		  0x1000, 9, 101 },
		{ "101 0x9 0x0 0x0 0x0 0x0 0x0 0x5000 0x2004", 0x1000, 9, 101, false,
		  0x1000, 9, 101 },
		{ "running", 0x1000, 9, 101, false, 0x1000, 9, 101 },
		{ "-1 0x5000 0x1004", 0x1004, -EINTR, 22, false, 0x1004, -EINTR, 22 },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct regs_asleep asleep = arch_asleep(rows[i].asleep);
		struct regs regs = numbered(), expected;

		regs.word[SP] = 0x5000;
		expected = regs;
		regs.word[PC] = rows[i].pc;
		regs.word[X0] = (uint64_t)rows[i].x0;
		regs.word[X8] = (uint64_t)rows[i].x8;
		expected.word[PC] = rows[i].new_pc;
		expected.word[X0] = (uint64_t)rows[i].new_x0;
		expected.word[X8] = (uint64_t)rows[i].new_x8;
		arch_arm64.settle(&regs, &asleep, rows[i].signal);
		if (memcmp(&regs, &expected, sizeof(regs)) != 0)
			ROW_FAILS(failures, "row %zu: pc %llx, x0 %lld, x8 %lld\n", i,
				  (unsigned long long)regs.word[PC],
				  (long long)regs.word[X0], (long long)regs.word[X8]);
	}
	assert_rows(failures);
}

static void test_arch__no_sleep(void **state)
{
	static const char *const rows[] = {
		"",
		"running\n",
		"-1 0x1 0x2",
		"7 0x1 0x2",
		"7",
		"x 0x1",
		"7 1 2 3 4 5 6 7 8",
		"7 0x1 0x2 0x3 0x4 0x5 0x6 0x7",
		"7 0x1 0x2 0x3 0x4 0x5 0x6 0x7 0x10000000000000000",
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (arch_asleep(rows[i]).is_known)
			ROW_FAILS(failures, "'%s'\n", rows[i]);
	assert_rows(failures);
}

/* ---- the gate --------------------------------------------------------------------- */

static void test_arch__finds_gates(void **state)
{
	static const unsigned char x86[] = { 0x90, 0x0f, 0x0f, 0x05, 0xc3 };
	/* The first is not where an instruction can be. */
	static const unsigned char arm[] = { 0x1f, 0x01, 0x00, 0x00, 0xd4, 0x01,
					     0x00, 0x00, 0x01, 0x00, 0x00, 0xd4 };

	(void)state;
	assert_int_equal(
		arch_find(&arch_x86_64, &arch_x86_64.gate, x86, sizeof(x86), 0x1000), 2);
	assert_int_equal(arch_find(&arch_x86_64, &arch_x86_64.gate, x86, 3, 0x1000), -1);
	assert_int_equal(arch_find(&arch_x86_64, &arch_x86_64.gate, x86, 0, 0x1000), -1);
	assert_int_equal(
		arch_find(&arch_arm64, &arch_arm64.gate, arm, sizeof(arm), 0x1000), 8);
	assert_int_equal(
		arch_find(&arch_arm64, &arch_arm64.gate, arm, sizeof(arm), 0x1003), 1);
	assert_int_equal(arch_find(&arch_arm64, &arch_arm64.gate, arm, 11, 0x1000), -1);
}

/* ---- nets ------------------------------------------------------------------------- */

#define NET_AT	 0x7f0000003010ULL
#define FP_BYTES 832

static bool weave(const struct regs *regs, size_t fp_bytes, unsigned char *net)
{
	static unsigned char fp[NET_FP_BYTES];
	const struct net_input input = {
		.regs = regs,
		.mask = 0x1234,
		.at = NET_AT,
		.restorer = 0x5555,
		.fp = fp,
		.fp_bytes = fp_bytes,
	};

	/* Features as a tracer sees them: x87, SSE, AVX, and AMX that is left out. */
	fp[464] = 7;
	fp[466] = 6;
	fp[512] = 3;
	fp[514] = 2;
	return arch_x86_64.net->weave(&input, net);
}

static uint64_t word_at(const unsigned char *net, size_t offset)
{
	uint64_t word;

	memcpy(&word, net + offset, sizeof(word));
	return word;
}

static void test_arch__net_of_one_that_runs(void **state)
{
	unsigned char net[NET_BYTES];
	struct regs regs = numbered();
	size_t fp;

	(void)state;
	regs.word[ORIG_RAX] = UINT64_MAX;
	regs.word[RAX] = (uint64_t)RESTART_SYS;
	assert_true(weave(&regs, FP_BYTES, net));
	assert_int_equal(word_at(net, 0), 0x5555);
	/* Behind the header of ucontext: r8 first, rip behind rsp. */
	assert_int_equal(word_at(net, 48), regs.word[9]);
	assert_int_equal(word_at(net, 48 + 13 * 8), (uint64_t)RESTART_SYS);
	assert_int_equal(word_at(net, 48 + 15 * 8), regs.word[19]);
	assert_int_equal(word_at(net, 48 + 16 * 8), regs.word[RIP]);
	assert_int_equal(word_at(net, 304), 0x1234);
	/* Vectors where XSAVE wants them, with what the kernel looks for. */
	fp = (size_t)(word_at(net, 232) - NET_AT);
	assert_int_equal((NET_AT + fp) % 64, 0);
	assert_int_equal(word_at(net, fp + 464) & 0xffffffff, 0x46505853);
	assert_int_equal(word_at(net, fp + 472), 7);
	assert_int_equal(word_at(net, fp + 480) & 0xffffffff, FP_BYTES);
	assert_int_equal(word_at(net, fp + 512), 3);
	assert_int_equal(word_at(net, fp + FP_BYTES) & 0xffffffff, 0x46505845);
}

/* What the kernel would have restarted is begun again. */
static void test_arch__net_of_one_in_a_call(void **state)
{
	static const int codes[] = { RESTART_SYS, RESTART_NO_INTERRUPT,
				     RESTART_NO_HANDLER, RESTART_BLOCK };
	unsigned char net[NET_BYTES];
	struct regs regs = numbered();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		regs.word[ORIG_RAX] = 35;
		regs.word[RAX] = (uint64_t)codes[i];
		assert_true(weave(&regs, NET_FP_BYTES, net));
		assert_int_equal(word_at(net, 48 + 13 * 8), 35);
		assert_int_equal(word_at(net, 48 + 16 * 8), regs.word[RIP] - 2);
	}
	regs.word[RAX] = 0;
	assert_true(weave(&regs, NET_FP_BYTES, net));
	assert_int_equal(word_at(net, 48 + 13 * 8), 0);
	assert_int_equal(word_at(net, 48 + 16 * 8), regs.word[RIP]);
}

static void test_arch__no_net(void **state)
{
	unsigned char net[NET_BYTES];
	struct regs regs = numbered();

	(void)state;
	assert_false(weave(&regs, 512, net));
	assert_null(arch_arm64.net);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arch__numbers_are_those_of_the_kernel),
		cmocka_unit_test(test_arch__aims_x86_64),
		cmocka_unit_test(test_arch__aims_arm64),
		cmocka_unit_test(test_arch__results),
		cmocka_unit_test(test_arch__32_bit_code),
		cmocka_unit_test(test_arch__settles_x86_64),
		cmocka_unit_test(test_arch__settles_arm64),
		cmocka_unit_test(test_arch__no_sleep),
		cmocka_unit_test(test_arch__finds_gates),
		cmocka_unit_test(test_arch__net_of_one_that_runs),
		cmocka_unit_test(test_arch__net_of_one_in_a_call),
		cmocka_unit_test(test_arch__no_net),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
