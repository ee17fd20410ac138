/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the modes of the victim share. */
#ifndef VICTIM_H
#define VICTIM_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

extern atomic_bool victim_stop;

/* Something was looked at and right. */
void victim_round(void);
/* Something was wrong: say so, with errno, and end. */
void victim_bad(const char *what, long value);

pthread_t victim_thread(void *(*work)(void *), void *arg);

/* Modes that compute instead of sleep. */
void victim_spin(void);
void victim_storm(void);
void victim_rseq(void);

/* The same each time, out of registers of every kind. */
uint64_t victim_compute(void);

/* Modes that get signals. */
void victim_signals(void);
void victim_suspend(void);
void victim_handler(void);

/* A random program; prints its digest. */
void victim_twin(uint64_t seed);

#endif
