/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Descriptors 0 to 2. */
#ifndef STANDARD_STREAMS_H
#define STANDARD_STREAMS_H

/* Those that are closed are taken by something that cannot be written and goes away by exec,
 * so that no file of ours is mistaken for a standard stream. */
void hold_standard_streams(void);

#endif
