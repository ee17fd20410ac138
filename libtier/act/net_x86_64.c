// SPDX-License-Identifier: LGPL-2.1-or-later
// The frame of a signal on x86-64 (struct rt_sigframe; arch/x86/kernel/signal_64.c), from which
// rt_sigreturn restores general and vector registers and the signal mask. It forgets how much time a
// call had left, so an interrupted call is begun anew.
#include <string.h>

#include "arch_net.h"
#include "cleanup.h"

/* Places in struct user_regs_struct. */
enum {
	RAX = 10,
	ORIG_RAX = 15,
	RIP = 16,
	CS = 17,
	EFLAGS = 18,
	RSP = 19,
	SS = 20,
	FS = 25,
	GS = 26
};

/* Places in the frame, in bytes. */
enum {
	AT_RESTORER = 0,
	AT_FLAGS = 8,
	AT_REGS = 48,	   /* struct sigcontext */
	AT_SEGMENTS = 192, /* cs, gs, fs, ss: two bytes each */
	AT_FP = 232,	   /* a pointer */
	AT_MASK = 304,
	FRAME_BYTES = 312,
};

/* uc_flags: vectors are here; ss counts, and exactly. */
#define FLAGS 7

/* Where XSAVE's layout has what (struct fxregs_state, _fpx_sw_bytes); magic numbers are those of
 * asm/sigcontext.h. */
#define XSAVE_ALIGN    64
#define AT_SOFTWARE    464
#define AT_FEATURES    512
#define LEAST_FP_BYTES 576
#define MAGIC_BEFORE   0x46505853U
#define MAGIC_BEHIND   0x46505845U
#define FEATURES_AMX   (7ULL << 17)

/* struct sigcontext begins with these, by their places in struct user_regs_struct. */
static const unsigned char order[] = { 9,  8, 7, 6,  3,	 2,  1,	  0,   14,
				       13, 4, 5, 12, 10, 11, RSP, RIP, EFLAGS };

static void put(unsigned char *at, uint64_t value, size_t bytes)
{
	memcpy(at, &value, bytes);
}

static uint64_t get(const unsigned char *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

/* As a signal's handler would find them: the kernel's codes for restarting are acted upon. */
static struct regs go_on(const struct regs *regs)
{
	struct regs on = *regs;
	int64_t code = (int64_t)on.word[RAX];

	if (on.word[ORIG_RAX] == UINT64_MAX || code > -512 || code < -516)
		return on;
	on.word[RAX] = on.word[ORIG_RAX];
	on.word[RIP] -= 2;
	return on;
}

/* What the kernel wants to see before it takes the vectors from there. */
static void put_fp(unsigned char *to, const struct net_input *input)
{
	uint64_t features = get(input->fp + AT_SOFTWARE) & ~FEATURES_AMX;

	memcpy(to, input->fp, input->fp_bytes);
	memset(to + AT_SOFTWARE, 0, AT_FEATURES - AT_SOFTWARE);
	put(to + AT_SOFTWARE, MAGIC_BEFORE, 4);
	put(to + AT_SOFTWARE + 4, input->fp_bytes + 4, 4);
	put(to + AT_SOFTWARE + 8, features, 8);
	put(to + AT_SOFTWARE + 16, input->fp_bytes, 4);
	put(to + AT_FEATURES, get(input->fp + AT_FEATURES) & features, 8);
	put(to + input->fp_bytes, MAGIC_BEHIND, 4);
}

static bool weave(const struct net_input *input, unsigned char *out)
{
	const struct regs on = go_on(input->regs);
	uint64_t fp = (input->at + FRAME_BYTES + XSAVE_ALIGN - 1) & ~(XSAVE_ALIGN - 1ULL);

	if (input->fp_bytes < LEAST_FP_BYTES ||
	    fp - input->at + input->fp_bytes + 4 > NET_BYTES)
		return false;
	memset(out, 0, NET_BYTES);
	put(out + AT_RESTORER, input->restorer, 8);
	put(out + AT_FLAGS, FLAGS, 8);
	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		put(out + AT_REGS + 8 * i, on.word[order[i]], 8);
	put(out + AT_SEGMENTS, on.word[CS], 2);
	put(out + AT_SEGMENTS + 2, on.word[GS], 2);
	put(out + AT_SEGMENTS + 4, on.word[FS], 2);
	put(out + AT_SEGMENTS + 6, on.word[SS], 2);
	put(out + AT_FP, fp, 8);
	put(out + AT_MASK, input->mask, 8);
	put_fp(out + (fp - input->at), input);
	return true;
}

/* The return takes the restorer's address from there. */
static void spread(struct regs *regs, uint64_t at)
{
	regs->word[RSP] = at;
}

static uint64_t stack(const struct regs *regs)
{
	return regs->word[RSP];
}

static const unsigned char gate[] = { 0x0f, 0x05, 0xc3 }; /* syscall; ret */
/* mov $15, %rax; syscall, as glibc and musl have it, and its shorter form. */
static const unsigned char restore_long[] = {
	0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05
};
static const unsigned char restore_short[] = { 0xb8, 0x0f, 0, 0, 0, 0x0f, 0x05 };

static const struct arch_code restorers[] = {
	{ restore_long, sizeof(restore_long) },
	{ restore_short, sizeof(restore_short) },
	{ NULL, 0 },
};

const struct arch_net net_x86_64 = {
	.gate = { gate, sizeof(gate) },
	.restorers = restorers,
	.weave = weave,
	.spread = spread,
	.stack = stack,
};
