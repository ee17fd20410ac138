/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration file: read at the start, written only when a person asks for it. */
#ifndef CONFIG_H
#define CONFIG_H

#include "ui.h"

/* Each line of it; returns the number of the first that is none, or 0. Pure. */
unsigned int config_take(struct ui *ui, const char *text);

/* None is no mistake; a line that is none is told in the ui's message. */
void config_load(struct ui *ui);
/* 0 or a negative errno. What is there is written over in place, so that a link stays one. */
int config_save(const struct ui *ui) MUST_CHECK;

#endif
