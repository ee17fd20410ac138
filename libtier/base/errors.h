/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words for what the system says; for what this library says there is tier_strerror(). */
#ifndef ERRORS_H
#define ERRORS_H

/*
 * Words for a negative errno that the kernel gave. ENXIO of a file in /sys has nothing to
 * do with a selector that matches nothing, which is what tier_strerror() takes it for.
 */
const char *errno_words(int error);

#endif
