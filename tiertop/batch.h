/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tiertop without a screen. */
#ifndef BATCH_H
#define BATCH_H

#include "source.h"

/* Until there have been enough, or the recording ends; returns the status to end with. */
int batch_run(struct source *source, const struct options *options);

#endif
