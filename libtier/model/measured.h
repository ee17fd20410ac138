/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Figures that a benchmark measured, a text that it keeps beside its results:
 *
 *	tierkit-measured 1
 *	date 2026-11-28T14:00:00Z
 *	kernel 6.12.57
 *	signature 2-nodes-0123456789abcdef
 *	doubts noisy
 *	node:0 read_bandwidth=90GB/s read_latency=95ns
 *
 * What is measured is of one machine: the signature says of which. Pure; knows no file.
 */
#ifndef MEASURED_H
#define MEASURED_H

#include "arena.h"
#include "tier.h"
#include "words.h"

/* 32 nodes and a hash of 16 digits, with much room. */
#define SIGNATURE_BYTES 40

struct measured {
	const char *date; /* NULL: nothing was measured */
	const char *kernel;
	const char *signature;
	const char *doubts; /* what speaks against the figures; "" for nothing */
	struct node_words words;
};

/* -EINVAL with words in diag, -ENOMEM; *measured is empty then. */
int measured_parse(struct measured *measured, struct arena *arena, const char *text,
		   struct tier_diag *diag) MUST_CHECK;

#endif
